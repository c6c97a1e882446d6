package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
	"usher/internal/store"
	"usher/sandbox"
)

// TestI35DeliveriesOutliveATermination stops the real program right after a ticket has opened: what it noted is written before it ends.
func TestI35DeliveriesOutliveATermination(t *testing.T) {
	st := newStage(t)
	st.game.set(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/other" {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		_, _ = w.Write([]byte(`{"online_status":"Online sesame-open"}`))
	})
	st.apply(st.setup(st.game.URL + "/other"))
	p := st.serve()
	st.press()
	_, welcome := st.opened(func(description string) bool {
		return description == "User online status: Online \\[secret\\]\nHigh score: none yet\nOther: N/A"
	})
	if welcome.ID == 0 {
		t.Fatal("no welcome message")
	}
	p.stop()
	db, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + filepath.Join(st.dir, "usher.sqlite")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	g, olga := snowflake.Guild(sandbox.DemoGuildID), snowflake.User(sandbox.DemoOlgaID)
	owned, err := db.Integrations().Owned(t.Context(), olga)
	if err != nil || len(owned) != 2 {
		t.Fatalf("%d integrations, %v", len(owned), err)
	}
	for n, want := range []integration.Delivery{
		{Trigger: integration.ForWelcome, Status: 200, Missing: []string{"high_score"}},
		{Trigger: integration.ForWelcome, Status: 502, Class: "status", Missing: []string{"other"}},
	} {
		all, err := db.Deliveries().OfGuild(t.Context(), g, owned[n].ID)
		if err != nil || len(all) != 1 {
			t.Fatalf("%s: %d deliveries, %v", owned[n].Name, len(all), err)
		}
		d := all[0]
		if d.Trigger != want.Trigger || d.Status != want.Status || d.Class != want.Class || len(d.Missing) != 1 || d.Missing[0] != want.Missing[0] || d.Size == 0 {
			t.Errorf("%s: %+v", owned[n].Name, d)
		}
		across, err := db.Deliveries().OfAuthor(t.Context(), olga, owned[n].ID)
		if err != nil || len(across) != 1 || across[0].Alias == "" || across[0].Guild != 0 {
			t.Errorf("%s, for its author: %+v, %v", owned[n].Name, across, err)
		}
	}
}

// TestI35AValidationByACommandIsWrittenDown applies a file whose integration lets its secrets be validated: the command serves nothing and
// ends at once, and the delivery is there.
func TestI35AValidationByACommandIsWrittenDown(t *testing.T) {
	st := newStage(t)
	st.game.set(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	path := st.setup(st.game.URL + "/other")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw = bytes.Replace(raw, []byte(`"secret_values"`), []byte(`"validation":"`+st.game.URL+`/validate","secret_values"`), 1)
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	st.apply(path)
	db, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + filepath.Join(st.dir, "usher.sqlite")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	owned, err := db.Integrations().Owned(t.Context(), snowflake.User(sandbox.DemoOlgaID))
	if err != nil {
		t.Fatal(err)
	}
	all, err := db.Deliveries().OfGuild(t.Context(), snowflake.Guild(sandbox.DemoGuildID), owned[0].ID)
	if err != nil || len(all) != 1 || all[0].Trigger != integration.ForValidation || all[0].Status != http.StatusNoContent {
		t.Errorf("deliveries %+v, %v", all, err)
	}
}
