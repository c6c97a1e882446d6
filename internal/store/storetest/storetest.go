// Package storetest is what every store must do, as tests: [Run] holds an implementation of core's ports to everything that their
// comments promise, and to what callers rely on without saying so (texts, moments, order, races).
//
// It must never know a database: it sees the ports alone, and through [Ports.Count] what is left in the tables.
package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/account"
	"usher/internal/core/audit"
	"usher/internal/core/bloxlink"
	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/guild"
	"usher/internal/core/integration"
	"usher/internal/core/keyring"
	"usher/internal/core/panel"
	"usher/internal/core/snowflake"
	"usher/internal/core/tag"
	"usher/internal/core/ticket"
)

// Ports are the ports of one empty store.
type Ports struct {
	Guilds       guild.Store
	Panels       panel.Store
	Forms        form.Store
	Tags         tag.Store
	Integrations integration.Store
	Activations  integration.Activations
	Listing      integration.Listing
	Deliveries   integration.Deliveries
	Tickets      ticket.Store
	Holdings     ticket.Holdings
	Contacts     ticket.Contacts
	Records      ticket.Records
	Sealed       keyring.Store
	Bloxlink     bloxlink.Store
	Audit        audit.Log
	Sessions     account.SessionStore
	Keys         account.KeyStore
	// Count gives the one number that a query of the tables answers.
	Count func(ctx context.Context, query string) (int64, error)
}

// trial is one test of one empty store.
type trial struct {
	*testing.T
	Ports
}

// rule is one thing that a store must do.
type rule struct {
	name string
	hold func(trial)
}

// Run tests a store. open makes an empty one for each rule; the cases run in parallel.
func Run(t *testing.T, open func(*testing.T) Ports) {
	t.Helper()
	all := slices.Concat(guildRules(), panelRules(), integrationRules(), activationRules(), revisionRules(), listingRules(), ticketRules(), reserveRules(), claimRules(), recordRules(), contactRules(), auditRules(), formRules(), tagRules(), sealedRules(), bloxlinkRules())
	all = slices.Concat(all, deliveryRules(), sessionRules(), keyRules())
	for _, r := range all {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.hold(trial{T: t, Ports: open(t)})
		})
	}
}

// Two guilds: what belongs to home must be out of reach for abroad.
const (
	home   snowflake.Guild = 1<<62 + 1 // beyond 2^53: an id that became a float64 on its way would come back changed
	abroad snowflake.Guild = 1<<62 + 2
)

// noon is a moment with no more than milliseconds.
func noon() time.Time { return time.Date(2026, 3, 29, 12, 0, 0, 123e6, time.UTC) }

// oddities are texts that databases stumble over.
func oddities() []string {
	return []string{
		"", " ", "Ωmega 🎫👨‍👩‍👧", "שלום \u202emixed\u202c", "a\tb\r\nc", `"quoted" 'single' \back \u0000 {json}`, "%_ $1 ? -- ; DROP TABLE tickets",
		"NULL", "0123", "1e3", strings.Repeat("é🎫", 2000),
	}
}

// broken maps texts that no database takes to what comes back.
func broken() map[string]string {
	return map[string]string{
		"a\x00b":          "a\uFFFDb",
		"\x00":            "\uFFFD",
		"bad\xff\xfebad":  "bad\uFFFD\uFFFDbad",
		"cut\xf0\x9f":     "cut\uFFFD\uFFFD",
		"\\\x00":          "\\\uFFFD",
		`\u0000` + "\x00": `\u0000` + "\uFFFD",
	}
}

// ok ends the test on an error.
func ok(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// same compares what came back with what was wanted.
func same[T any](tb testing.TB, what string, got, want T) {
	tb.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		tb.Errorf("%s differs (-want +got):\n%s", what, diff)
	}
}

// wantFault demands an error that people can act on.
func wantFault(tb testing.TB, err error, kind fault.Kind, code string) {
	tb.Helper()
	if err == nil {
		tb.Fatalf("no error, want %v %q", kind, code)
	}
	if fault.KindOf(err) != kind || fault.CodeOf(err) != code {
		tb.Fatalf("error is %v %q (%v), want %v %q", fault.KindOf(err), fault.CodeOf(err), err, kind, code)
	}
}

// wantCount demands a number of rows.
func (t trial) wantCount(want int64, query string) {
	t.Helper()
	n, err := t.Count(t.Context(), query)
	ok(t, err)
	if n != want {
		t.Errorf("%s = %d, want %d", query, n, want)
	}
}

// together runs n calls that start at one moment and gives what they returned, by number.
func together[T any](n int, call func(i int) T) []T {
	var (
		start = make(chan struct{})
		all   = make([]T, n)
		wait  sync.WaitGroup
	)
	for i := range n {
		wait.Go(func() {
			<-start
			all[i] = call(i)
		})
	}
	close(start)
	wait.Wait()
	return all
}

// cancelled is a context that is over.
func cancelled(tb testing.TB) context.Context {
	tb.Helper()
	ctx, cancel := context.WithCancel(tb.Context())
	cancel()
	return ctx
}

// wantCancelled demands that the caller's own end of a call comes back as that and as no fault.
func wantCancelled(tb testing.TB, err error) {
	tb.Helper()
	var said *fault.Error
	if !errors.Is(err, context.Canceled) || errors.As(err, &said) {
		tb.Errorf("error of a cancelled call is %v, want context.Canceled and no fault", err)
	}
}
