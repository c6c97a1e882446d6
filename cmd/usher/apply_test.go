package main

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"usher/internal/core/audit"
	"usher/internal/core/snowflake"
	"usher/internal/store"
	"usher/sandbox"
)

// A set-up file that is applied again changes what differs and nothing else: no revision, no validation, no entry of the audit log.
func TestI30ApplyIsIdempotent(t *testing.T) {
	st := newStage(t)
	var validations, answer atomic.Int64
	answer.Store(http.StatusNoContent)
	st.game.set(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/validate" {
			return
		}
		validations.Add(1)
		body, _ := io.ReadAll(r.Body)
		if r.Method != http.MethodPost || string(body) != `{"api_key":"sesame-open"}` || r.Header.Get("X-Guild-Id") != sandbox.DemoGuildID.String() || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s with %v", r.Method, body, r.Header)
		}
		w.WriteHeader(int(answer.Load()))
	})
	path := st.edit(st.setup(st.game.URL+"/other"), func(file map[string]any) {
		game := file["integrations"].([]any)[0].(map[string]any)
		game["validation"] = st.game.URL + "/validate"
	})
	// Refused, nothing of it is active.
	answer.Store(http.StatusBadRequest)
	if out, err := st.command("apply", path).CombinedOutput(); err == nil || !strings.Contains(string(out), "did not accept these values") || strings.Contains(string(out), "sesame") {
		t.Errorf("%v: %s", err, out)
	}
	answer.Store(http.StatusNoContent)
	// look gives versions and revisions of what is active, and how many integrations there are.
	look := func() string {
		db, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + filepath.Join(st.dir, "usher.sqlite")})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		active, err := db.Integrations().Active(t.Context(), snowflake.Guild(sandbox.DemoGuildID))
		if err != nil {
			t.Fatal(err)
		}
		owned, err := db.Integrations().Owned(t.Context(), snowflake.User(sandbox.DemoOlgaID))
		if err != nil {
			t.Fatal(err)
		}
		told, err := db.Audit().Entries(t.Context(), audit.Query{Guild: snowflake.Guild(sandbox.DemoGuildID), Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("%d integrations", len(owned))
		for _, a := range active {
			text += fmt.Sprintf("; %s: activation %d, version %d, revision %d of %d", a.Record.Name, a.Version, a.Record.Version, a.Record.Revision.Number, a.Record.Newest)
		}
		activations := 0
		for _, e := range told {
			if e.Action == "integration.activated" {
				activations++
			}
		}
		return text + fmt.Sprintf("; activated %d times", activations)
	}
	const want = "2 integrations; Game: activation 1, version 1, revision 1 of 1; Other: activation 1, version 1, revision 1 of 1; activated 2 times"
	for range 3 {
		st.apply(path)
		if got := look(); got != want || validations.Load() != 2 {
			t.Errorf("%s\nwant %s\nafter %d validations", got, want, validations.Load())
		}
	}
	// A change of the request that asks the secret for nothing new is a revision, and nothing is validated again.
	st.apply(st.edit(path, func(file map[string]any) {
		game := file["integrations"].([]any)[0].(map[string]any)
		game["url"] = st.game.URL + "/v2/lookup?user=%user_id%&key=%api_key%"
	}))
	const changed = "2 integrations; Game: activation 2, version 2, revision 2 of 2; Other: activation 1, version 1, revision 1 of 1; activated 2 times"
	if got := look(); got != changed || validations.Load() != 2 {
		t.Errorf("%s\nwant %s\nafter %d validations", got, changed, validations.Load())
	}
}
