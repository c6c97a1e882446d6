package main

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"usher/sandbox"
)

// receiver keeps what arrives, as a server that checks signatures sees it.
type receiver struct {
	mu       sync.Mutex
	requests []received
}

type received struct {
	path   string
	header http.Header
	body   []byte
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	r.requests = append(r.requests, received{request.URL.Path, request.Header, body})
	r.mu.Unlock()
	guideAndOther(w, request)
}

// signatures judges the newest request to a path with each key.
func (r *receiver) signatures(t *testing.T, path string, keys ...string) (valid []bool) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	var newest *received
	for i := range r.requests {
		if r.requests[i].path == path {
			newest = &r.requests[i]
		}
	}
	if newest == nil {
		t.Fatalf("no request to %s", path)
	}
	for _, key := range keys {
		webhook, err := standardwebhooks.NewWebhook(key)
		if err != nil {
			t.Fatal(err)
		}
		valid = append(valid, webhook.Verify(newest.body, newest.header) == nil)
	}
	return valid
}

// key runs `usher integration-key` and gives the lines that it writes.
func (st *stage) key(args ...string) []string {
	st.t.Helper()
	out, err := st.command(append([]string{"integration-key", sandbox.DemoOlgaID.String()}, args...)...).Output()
	if err != nil {
		st.t.Fatalf("integration-key %v: %v\n%s", args, err, out)
	}
	return strings.Fields(string(out))
}

// TestI13RequestsCarrySignatures: what leaves the real program, by GET and POST, is valid for the receivers' library, while keys are
// rotated for both of them.
func TestI13RequestsCarrySignatures(t *testing.T) {
	st := newStage(t)
	arrived := &receiver{}
	st.game.set(arrived.ServeHTTP)
	out, err := st.command("apply", st.setup(st.game.URL+"/other")).CombinedOutput()
	if err != nil || strings.Contains(string(out), "whsec_") {
		t.Fatalf("apply: %v\n%s", err, out)
	}
	game, first := st.key("game"), st.key("Other")
	if len(game) != 1 || len(first) != 1 || game[0] == first[0] {
		t.Fatalf("%d and %d keys", len(game), len(first))
	}
	rotated := st.key("Other", "--rotate")
	if len(rotated) != 2 || rotated[1] != first[0] {
		t.Fatalf("%d keys while rotating", len(rotated))
	}
	p := st.serve()
	st.press()
	st.opened(whole)
	for path, keys := range map[string][]string{"/lookup": game, "/other": rotated} {
		for i, valid := range arrived.signatures(t, path, keys...) {
			if !valid {
				t.Errorf("%s: the signature is not valid for key %d", path, i)
			}
		}
	}
	if arrived.signatures(t, "/lookup", first[0])[0] {
		t.Error("one integration's request is valid for another's key")
	}
	if last := st.key("Other", "--end-rotation"); len(last) != 1 || last[0] != rotated[0] {
		t.Errorf("%d keys after the end of the rotation", len(last))
	}
	p.stop()
	if strings.Contains(p.log.String(), "whsec_") {
		t.Error("the log holds a signing key")
	}
}
