package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// guarded answers who knows the guild's secret, and nobody else.
func guarded(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/lookup" && r.URL.Query().Get("key") != "sesame-open" {
		http.Error(w, "who are you?", http.StatusForbidden)
		return
	}
	guideAndOther(w, r)
}

// roomy lets a member open ten tickets of the panel in a set-up file.
func (st *stage) roomy(path string) string {
	st.t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		st.t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(raw, &file); err != nil {
		st.t.Fatal(err)
	}
	file["panels"].([]any)[0].(map[string]any)["max_open"] = 10
	if raw, err = json.Marshal(file); err != nil {
		st.t.Fatal(err)
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		st.t.Fatal(err)
	}
	return path
}

// keys runs `usher keys` and gives what it says.
func (st *stage) keys(args ...string) (string, error) {
	out, err := st.command(append([]string{"keys"}, args...)...).CombinedOutput()
	return string(out), err
}

// mustKeys wants it to succeed, and no key to be shown.
func (st *stage) mustKeys(args ...string) string {
	st.t.Helper()
	out, err := st.keys(args...)
	if err != nil {
		st.t.Fatalf("keys %v: %v\n%s", args, err, out)
	}
	material, err := os.ReadFile(filepath.Join(st.dir, "usher.keys"))
	if err != nil {
		st.t.Fatal(err)
	}
	for _, word := range strings.Fields(string(material)) {
		if !strings.HasPrefix(word, "#") && strings.Contains(out, word[:20]) {
			st.t.Errorf("keys %v shows a key", args)
		}
	}
	return out
}

// nthWelcome waits until n tickets are open and every welcome message holds what the secret opens.
func (st *stage) nthWelcome(n int) {
	st.t.Helper()
	st.until("every ticket's live values", func() bool {
		all := st.tickets()
		if len(all) != n {
			return false
		}
		for _, c := range all {
			welcomes := st.welcomes(c.ID)
			if len(welcomes) != 1 || !whole(welcomes[0].Embeds[0].Description) {
				return false
			}
		}
		return true
	})
}

var keyID = regexp.MustCompile(`\d{4,}`)

// TestI25KeysAreRotatedWhileTicketsOpen is the drill: at each step a ticket is being opened by the running program, which is not
// restarted until the end.
func TestI25KeysAreRotatedWhileTicketsOpen(t *testing.T) {
	st := newStage(t)
	st.game.set(guarded)
	st.apply(st.roomy(st.setup(st.game.URL + "/other")))
	p := st.serve()
	tickets := 0
	open := func() { tickets++; st.press() }
	open()
	st.nthWelcome(tickets)

	first := keyID.FindString(st.mustKeys("list"))
	open()
	second := keyID.FindString(st.mustKeys("add"))
	st.nthWelcome(tickets)
	if out, err := st.keys("retire", first); err == nil || !strings.Contains(out, "still seals") {
		t.Errorf("a key in use was retired: %v, %s", err, out)
	}
	open()
	st.mustKeys("promote", second)
	st.nthWelcome(tickets)
	if out, err := st.keys("retire", first); err == nil || !strings.Contains(out, "secrets of servers: 1") || !strings.Contains(out, "signing keys: 2") {
		t.Errorf("a key in use was retired: %v, %s", err, out)
	}
	open()
	if out := st.mustKeys("reseal"); !strings.Contains(out, "values sealed anew: ") || strings.Contains(out, "anew: 0") || strings.Contains(out, "do not open") {
		t.Errorf("reseal: %s", out)
	}
	st.nthWelcome(tickets)
	if out := st.mustKeys("reseal"); !strings.Contains(out, "values sealed anew: 0") {
		t.Errorf("again: %s", out)
	}
	open()
	if out, err := st.keys("retire", second); err == nil || !strings.Contains(out, "promote another first") && !strings.Contains(out, "still seals") {
		t.Errorf("the only key was retired: %v, %s", err, out)
	}
	st.mustKeys("retire", first)
	st.nthWelcome(tickets)
	open()
	st.nthWelcome(tickets)

	uses := st.mustKeys("list", "--uses")
	if strings.Contains(uses, first) || !strings.Contains(uses, second) || strings.Contains(uses, "missing") || !strings.Contains(uses, "secrets of servers: 1") {
		t.Errorf("at the end: %s", uses)
	}
	p.stop()
	p = st.serve()
	open()
	st.nthWelcome(tickets)
	if keys := st.key("game"); len(keys) != 1 || !strings.HasPrefix(keys[0], "whsec_") {
		t.Errorf("%d signing keys", len(keys))
	}
	p.stop()
	if log := p.log.String(); strings.Contains(log, "integration failed") || strings.Contains(log, "does not have") {
		t.Errorf("log: %s", log)
	}
	st.faultless()
}

// TestALostKeyFileIsSaidAtStart: beside a database that holds sealed values no new keys are made in silence.
func TestALostKeyFileIsSaidAtStart(t *testing.T) {
	st := newStage(t)
	st.game.set(guarded)
	setup := st.setup(st.game.URL + "/other")
	st.apply(setup)
	path := filepath.Join(st.dir, "usher.keys")
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"serve"}, {"apply", setup}} {
		out, err := st.command(command...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "there is no keyset file "+path) || !strings.Contains(string(out), "usher keys new") || strings.Count(string(out), "\n") != 1 {
			t.Errorf("%v without its keys: %v\n%s", command, err, out)
		}
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Fatalf("%v made new keys: %v", command, err)
		}
	}
	// Who has lost them for good says so, starts, and is told what that means.
	st.mustKeys("new")
	if out, err := st.keys("new"); err == nil || !strings.Contains(out, "already") {
		t.Errorf("keys over keys: %v, %s", err, out)
	}
	p := st.serve()
	if !strings.Contains(p.log.String(), "sealed with a key that the keyset does not have") {
		t.Errorf("log: %s", p.log)
	}
	if uses := st.mustKeys("list", "--uses"); !strings.Contains(uses, "missing") {
		t.Errorf("uses: %s", uses)
	}
	p.stop()
	// The file comes back from the backup.
	if err := os.WriteFile(path, kept, 0o600); err != nil {
		t.Fatal(err)
	}
	p = st.serve()
	st.press()
	st.nthWelcome(1)
	p.stop()
	if strings.Contains(p.log.String(), "does not have") {
		t.Errorf("log: %s", p.log)
	}
}
