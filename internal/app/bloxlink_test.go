package app

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/audit"
	"usher/internal/core/bloxlink"
	"usher/internal/core/fault"
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
	"usher/internal/egress"
)

// standIn is Bloxlink and Roblox on this machine, with their documented answers.
type standIn struct {
	*httptest.Server
	mu   sync.Mutex
	seen []string
}

func newStandIn(t *testing.T) *standIn {
	t.Helper()
	s := &standIn{}
	answer := func(w http.ResponseWriter, status int, body string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v4/public/discord-to-roblox/{user}", func(w http.ResponseWriter, r *http.Request) {
		switch user := r.PathValue("user"); {
		case r.Header.Get("Authorization") != "right-key":
			answer(w, http.StatusUnauthorized, `{"error":"Invalid API key"}`)
		case user == "7":
			w.Header().Set("Retry-After", "120")
			answer(w, http.StatusTooManyRequests, `{"error":"Quota exceeded"}`)
		case user == "1":
			answer(w, http.StatusOK, `{"robloxID":"156","resolved":{}}`)
		default:
			answer(w, http.StatusNotFound, `{"error":"User not found"}`)
		}
	})
	mux.HandleFunc("GET /v1/users/156", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("Bloxlink's key was sent to Roblox")
		}
		answer(w, http.StatusOK, `{"description":"","created":"2006-04-01T12:00:00.123Z","isBanned":false,"externalAppDisplayName":null,"hasVerifiedBadge":false,"id":156,"name":"builderman","displayName":"Builder"}`)
	})
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.seen = append(s.seen, r.URL.Path)
		s.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// noKeys is a store in which no guild has a key.
type noKeys struct{}

func (noKeys) BloxlinkKey(context.Context, snowflake.Guild) ([]byte, error) {
	return nil, fault.New(fault.NotFound, "bloxlink_key_not_found", "None.")
}

func (noKeys) SaveBloxlinkKey(context.Context, snowflake.Guild, []byte, ...audit.Entry) error {
	return nil
}

func (noKeys) DeleteBloxlinkKey(context.Context, snowflake.Guild, ...audit.Entry) error { return nil }

func robloxSource(t *testing.T, s *standIn, key string) *bloxlink.Source {
	t.Helper()
	client, err := egress.New(egress.Config{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return bloxlink.New(bloxlink.Parts{
		Fetcher: bloxlinkWay{client}, Store: noKeys{}, Operator: secret.New(key), Addresses: bloxlink.Addresses{Bloxlink: s.URL, Roblox: s.URL},
		Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
}

// fixed are the values of integrations, all there at once.
type fixed map[string]placeholder.Value

func (f fixed) Begin(context.Context, ticket.Ticket, ticket.Use, []string) ticket.Fetching { return f }
func (fixed) Channel(snowflake.Channel)                                                    {}
func (fixed) Wait(ctx context.Context) bool                                                { return ctx.Err() == nil }

func (fixed) Contacts() []ticket.Contact { return nil }

func (f fixed) Values() map[string]placeholder.Value {
	all := map[string]placeholder.Value{}
	for name, v := range f {
		all[name] = v
	}
	return all
}

// TestI37RobloxValuesThroughTheGuard asks the stand-in through the real way out.
func TestI37RobloxValuesThroughTheGuard(t *testing.T) {
	t.Parallel()
	s := newStandIn(t)
	both := withBloxlink{integrations: fixed{"score": {Text: "3000"}}, source: robloxSource(t, s, "right-key")}
	live := both.Begin(t.Context(), ticket.Ticket{Guild: 9, Opener: ticket.Member{ID: 1}}, ticket.ForWelcome, []string{"score", "roblox_username", "bloxlink.roblox_id", "other"})
	if !live.Wait(t.Context()) {
		t.Fatal("no answer")
	}
	want := map[string]placeholder.Value{"score": {Text: "3000"}, "roblox_username": {Text: "builderman"}, "bloxlink.roblox_id": {Text: "156"}}
	if diff := cmp.Diff(want, live.Values()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"/v4/public/discord-to-roblox/1", "/v1/users/156"}, s.seen); diff != "" {
		t.Error(diff)
	}
	again := both.Begin(t.Context(), ticket.Ticket{Guild: 9, Opener: ticket.Member{ID: 1}}, ticket.ForWelcome, []string{"roblox_id", "bloxlink.roblox_id", "roblox_username"})
	again.Wait(t.Context())
	for n, contacts := range [][]ticket.Contact{live.Contacts(), again.Contacts()} {
		want := []ticket.Given{{Name: "roblox_id", Text: "156"}, {Name: "roblox_username", Text: "builderman"}}
		if len(contacts) != 1 || !contacts[0].BuiltIn || contacts[0].Pending || contacts[0].Class != "" || contacts[0].At.IsZero() {
			t.Fatalf("contacts %+v", contacts)
		}
		if diff := cmp.Diff(want, contacts[0].Given); diff != "" {
			t.Error(diff)
		}
		if remembered := n == 1; contacts[0].Cached != remembered || (contacts[0].Took == 0) != remembered {
			t.Errorf("the %d. time it took %s, remembered: %v", n+1, contacts[0].Took, contacts[0].Cached)
		}
	}
}

func TestI37TroublesThroughTheGuard(t *testing.T) {
	t.Parallel()
	s := newStandIn(t)
	for _, c := range []struct {
		key  string
		user snowflake.User
		code bloxlink.Code
	}{{"wrong-key", 1, bloxlink.KeyRefused}, {"right-key", 7, bloxlink.Limited}, {"right-key", 2, ""}} {
		source := robloxSource(t, s, c.key)
		run := source.Begin(t.Context(), 9, c.user, []string{"roblox_id"})
		lack := placeholder.Failed
		if c.code == "" { // linked to no account
			lack = placeholder.Absent
		}
		if !run.Wait(t.Context()) || run.Values()["roblox_id"].Lacking() != lack {
			t.Errorf("%v: %v", c, run.Values())
		}
		status, err := source.Status(t.Context(), 9)
		if err != nil || (status.Trouble == nil) != (c.code == "") || status.Trouble != nil && status.Trouble.Code != c.code {
			t.Errorf("%v: %+v, %v", c, status, err)
		}
		if c.code == bloxlink.Limited && status.Trouble.Until.Sub(status.Trouble.Since) != 2*time.Minute {
			t.Errorf("Retry-After was not heard: %+v", status.Trouble)
		}
	}
	source := robloxSource(t, s, "right-key")
	s.Close()
	run := source.Begin(t.Context(), 9, 1, []string{"roblox_id"})
	run.Wait(t.Context())
	if status, err := source.Status(t.Context(), 9); err != nil || status.Trouble == nil || status.Trouble.Code != bloxlink.Unreachable {
		t.Errorf("down: %+v, %v", status, err)
	}
}

// TestI21AnIntegrationGoesBeforeBloxlink, which is then not contacted for the name.
func TestI21AnIntegrationGoesBeforeBloxlink(t *testing.T) {
	t.Parallel()
	s := newStandIn(t)
	both := withBloxlink{integrations: fixed{"roblox_id": {Text: "own"}}, source: robloxSource(t, s, "right-key")}
	live := both.Begin(t.Context(), ticket.Ticket{Guild: 9, Opener: ticket.Member{ID: 1}}, ticket.ForWelcome, []string{"roblox_id"})
	if !live.Wait(t.Context()) || live.Values()["roblox_id"].Text != "own" || len(s.seen) > 0 {
		t.Errorf("%v, asked %v", live.Values(), s.seen)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	live = both.Begin(t.Context(), ticket.Ticket{Guild: 9, Opener: ticket.Member{ID: 1}}, ticket.ForWelcome, []string{"roblox_id", "roblox_username"})
	if live.Wait(gone) {
		t.Error("done although the wait was given up")
	}
	if !slices.Contains(builtIn(), "bloxlink.roblox_id") || !slices.Contains(builtIn(), "ticket.username") {
		t.Error("authors are not warned of the names of built-in values")
	}
}
