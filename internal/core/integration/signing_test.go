package integration_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
)

// verify judges a call with the receivers' library.
func verify(t *testing.T, c integration.Call, key string) error {
	t.Helper()
	receiver, err := standardwebhooks.NewWebhook(key)
	if err != nil {
		t.Fatal(err)
	}
	headers := http.Header{}
	for _, h := range c.Headers {
		headers.Add(h.Name, h.Value.Reveal())
	}
	for _, name := range []string{standardwebhooks.HeaderWebhookID, standardwebhooks.HeaderWebhookTimestamp, standardwebhooks.HeaderWebhookSignature} {
		if n := len(headers.Values(name)); n != 1 {
			t.Errorf("%s is there %d times", name, n)
		}
	}
	return receiver.Verify(c.Body, headers)
}

// keys are an integration's signing keys as its author reads them.
func (o *office) keys(t *testing.T, id integration.ID) []string {
	t.Helper()
	values, err := o.catalog.SigningKeys(t.Context(), byAuthor(), id)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, v := range values {
		texts = append(texts, v.Reveal())
	}
	return texts
}

// last resolves once more and gives the call that it made.
func (o *office) last(t *testing.T) integration.Call {
	t.Helper()
	o.resolve(t, subject(), "username")
	calls := o.world.seen()
	return calls[len(calls)-1]
}

func signed(t *testing.T, method integration.Method) (*office, integration.Integration) {
	t.Helper()
	o := newOffice()
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { return ok(guide) }
	i := lookup()
	i.Method = method
	return o, o.add(t, i, nil)
}

func TestI13Signature01And08EveryRequestIsSigned(t *testing.T) {
	for _, method := range []integration.Method{integration.GET, integration.POST} {
		o, made := signed(t, method)
		keys := o.keys(t, made.ID)
		if len(keys) != 1 || !strings.HasPrefix(keys[0], "whsec_") {
			t.Fatalf("keys %v", keys)
		}
		seen := map[string]bool{}
		for range 3 {
			call := o.last(t)
			if err := verify(t, call, keys[0]); err != nil {
				t.Errorf("%s: %v", method, err)
			}
			if (call.Body == nil) != (method == integration.GET) || call.Confidential {
				t.Errorf("%s: body %s, confidential %v: a signature is no secret", method, call.Body, call.Confidential)
			}
			id := call.Headers[0].Value.Reveal()
			if seen[id] || strings.Contains(id, ".") {
				t.Errorf("signature-09: id %s", id)
			}
			seen[id] = true
			call.Body = append([]byte("x"), call.Body...)
			if verify(t, call, keys[0]) == nil {
				t.Error("signature-02: a changed body is valid")
			}
		}
	}
}

func TestI13KeysDifferAndAreSealedForTheirIntegration(t *testing.T) {
	o, one := signed(t, integration.GET)
	other := lookup()
	other.Name = "Other"
	two := o.add(t, other, nil)
	if o.keys(t, one.ID)[0] == o.keys(t, two.ID)[0] {
		t.Error("two integrations have one key")
	}
	row := o.shelf.rows[two.ID]
	row.Signing = o.shelf.rows[one.ID].Signing
	o.shelf.rows[two.ID] = row
	if _, err := o.catalog.SigningKeys(t.Context(), byAuthor(), two.ID); err == nil {
		t.Error("a key that was copied to another integration opens")
	}
	if sealed := string(row.Signing[0]); !strings.Contains(sealed, "integration_signing_key") || !strings.Contains(sealed, string(one.ID)) {
		t.Errorf("sealed for %s", sealed)
	}
}

func TestI13RotationKeepsTheKeyBeforeUntilItsEnd(t *testing.T) {
	o, made := signed(t, integration.POST)
	first := o.keys(t, made.ID)[0]
	if err := o.catalog.EndSigningRotation(t.Context(), byAuthor(), made.ID); err != nil || o.keys(t, made.ID)[0] != first {
		t.Errorf("ending what has not begun: %v", err)
	}
	if err := o.catalog.RotateSigningKey(t.Context(), byAuthor(), made.ID); err != nil {
		t.Fatal(err)
	}
	o.catalog.Changed(arcade)
	keys := o.keys(t, made.ID)
	if len(keys) != 2 || keys[1] != first || keys[0] == first {
		t.Fatalf("keys %v", keys)
	}
	call := o.last(t)
	for _, key := range keys {
		if err := verify(t, call, key); err != nil {
			t.Errorf("while rotating: %v", err)
		}
	}
	if err := o.catalog.RotateSigningKey(t.Context(), byAuthor(), made.ID); fault.KindOf(err) != fault.Conflict || fault.CodeOf(err) != "signing_rotating" {
		t.Errorf("rotating twice: %v", err)
	}
	made.Description = "An edit changes no key"
	if _, err := o.catalog.Update(t.Context(), byAuthor(), made); err != nil || len(o.keys(t, made.ID)) != 2 {
		t.Errorf("after an edit %d keys, %v", len(o.keys(t, made.ID)), err)
	}
	if err := o.catalog.EndSigningRotation(t.Context(), byAuthor(), made.ID); err != nil {
		t.Fatal(err)
	}
	o.catalog.Changed(arcade)
	call = o.last(t)
	if now := o.keys(t, made.ID); len(now) != 1 || now[0] != keys[0] || verify(t, call, keys[0]) != nil || verify(t, call, first) == nil {
		t.Errorf("after the end: keys %v", now)
	}
}

func TestI13KeysAreTheOwnersAlone(t *testing.T) {
	o, made := signed(t, integration.GET)
	stranger := audit.Actor{User: 2}
	_, read := o.catalog.SigningKeys(t.Context(), stranger, made.ID)
	for _, err := range []error{read, o.catalog.RotateSigningKey(t.Context(), stranger, made.ID), o.catalog.EndSigningRotation(t.Context(), stranger, made.ID)} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger: %v", err)
		}
	}
	if len(o.shelf.rows[made.ID].Signing) != 1 {
		t.Error("a stranger changed the keys")
	}
}

func TestI13AnIntegrationFromBeforeGetsItsKeyOnFirstUse(t *testing.T) {
	o, made := signed(t, integration.GET)
	row := o.shelf.rows[made.ID]
	row.Signing = nil
	o.shelf.rows[made.ID] = row
	// Many tickets at once, all of them with the activation from the cache, which knows no key.
	o.last(t)
	var group sync.WaitGroup
	for n := range 10 {
		group.Go(func() {
			s := subject()
			s.User += snowflake.User(n) // alike requests would be sent once
			run := o.resolver.Begin(t.Context(), s, []string{"username"})
			run.Wait(t.Context())
		})
	}
	group.Wait()
	key := o.keys(t, made.ID)[0]
	calls := o.world.seen()
	if len(calls) != 11 {
		t.Errorf("%d calls, log %s", len(calls), o.log)
	}
	for _, call := range calls {
		if err := verify(t, call, key); err != nil {
			t.Errorf("a request was signed with a key that did not stay: %v", err)
		}
	}
}

func TestI13NothingIsSentUnsigned(t *testing.T) {
	o, made := signed(t, integration.GET)
	row := o.shelf.rows[made.ID]
	row.Signing = [][]byte{[]byte("sealed under lost keys")}
	o.shelf.rows[made.ID] = row
	if got := o.resolve(t, subject(), "username"); got["username"] != "—" || len(o.world.seen()) != 0 || !strings.Contains(o.log.String(), "class=secret") {
		t.Errorf("values %v, %d calls, log %s", got, len(o.world.seen()), o.log)
	}
}

func TestI13WithoutRandomnessNothingIsMadeOrSent(t *testing.T) {
	o, _ := signed(t, integration.GET)
	o.catalog.Signer.Random = broken{}
	if _, err := o.catalog.Create(t.Context(), byAuthor(), lookup()); err == nil || len(o.shelf.rows) != 1 {
		t.Errorf("%d integrations, %v", len(o.shelf.rows), err)
	}
	if got := o.resolve(t, subject(), "username"); got["username"] != "—" || len(o.world.seen()) != 0 {
		t.Errorf("values %v, %d calls", got, len(o.world.seen()))
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("no randomness") }
