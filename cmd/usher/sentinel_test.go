package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"usher/sandbox"
)

// sentinels are random secrets: whoever holds one got it from us.
type sentinels struct {
	t      *testing.T
	values map[string]string // by what they are
}

func newSentinels(t *testing.T, names ...string) sentinels {
	s := sentinels{t: t, values: map[string]string{}}
	for _, name := range names {
		s.values[name] = "sentinel" + rand.Text()
	}
	return s
}

// absent wants none of them in data, in any of the forms that a secret is likely to take on its way.
func (s sentinels) absent(where string, data []byte) {
	s.t.Helper()
	lower := bytes.ToLower(data)
	for name, value := range s.values {
		for form, text := range map[string]string{
			"itself": value, "hex": hex.EncodeToString([]byte(value)), "base64": strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(value)), "=")[:16], "a part": value[10:26],
			"bytes": strings.Trim(fmt.Sprintf("%d", []byte(value)), "[]"),
		} {
			if bytes.Contains(lower, []byte(strings.ToLower(text))) {
				s.t.Errorf("%s holds the %s (%s)", where, name, form)
			}
		}
	}
}

// echo is a server that fails in a new way at each request, with all that it was sent in its answers.
type echo struct {
	mu   sync.Mutex
	next int
	seen []byte // all that was received
	ways []func(w http.ResponseWriter, r *http.Request, got string)
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	got := fmt.Sprintf("%s %v %s", r.URL, r.Header, body)
	e.mu.Lock()
	e.seen = append(e.seen, got...)
	way := e.ways[min(e.next, len(e.ways)-1)]
	e.next++
	e.mu.Unlock()
	way(w, r, got)
}

// failures are the ways to fail.
func failures() []func(http.ResponseWriter, *http.Request, string) {
	raw := func(w http.ResponseWriter, answer string) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = io.WriteString(conn, answer)
			_ = conn.Close()
		}
	}
	return []func(http.ResponseWriter, *http.Request, string){
		func(w http.ResponseWriter, _ *http.Request, got string) {
			http.Error(w, got, http.StatusInternalServerError)
		},
		func(w http.ResponseWriter, r *http.Request, got string) {
			http.Redirect(w, r, "https://elsewhere.example.com/?"+url.QueryEscape(got), http.StatusFound)
		},
		func(w http.ResponseWriter, _ *http.Request, got string) { _, _ = io.WriteString(w, "not JSON: "+got) },
		func(w http.ResponseWriter, _ *http.Request, got string) {
			_, _ = io.WriteString(w, "["+strconv.Quote(got)+"]")
		},
		func(w http.ResponseWriter, _ *http.Request, got string) {
			_, _ = io.WriteString(w, `{"online_status": {"deep": `+strconv.Quote(got)+`}, "x": `+strconv.Quote(got))
		},
		func(w http.ResponseWriter, r *http.Request, _ string) { raw(w, r.URL.String()+" is no HTTP\r\n\r\n") },
		func(w http.ResponseWriter, r *http.Request, _ string) {
			raw(w, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nX-Echo: "+r.URL.RawQuery+"\r\n\r\n{")
		},
		func(w http.ResponseWriter, _ *http.Request, got string) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, got)
		},
	}
}

// TestI24SecretsAreFoundNowhereButInTheirRequest sends random secrets through the whole of the program, past servers that fail in every
// way and repeat what they were sent, and then looks for them.
func TestI24SecretsAreFoundNowhereButInTheirRequest(t *testing.T) {
	st := newStage(t)
	st.env = append(st.env, "USHER_LOG_LEVEL=debug")
	secrets := newSentinels(t, "guild's secret", "header value")
	server := &echo{}
	for _, fails := range failures() { // between two failures all is well, or the breaker would keep the later ones from happening
		server.ways = append(server.ways, fails, func(w http.ResponseWriter, _ *http.Request, _ string) { _, _ = io.WriteString(w, guideAnswer) })
	}
	st.game.set(server.ServeHTTP)
	setup := st.secretive(secrets.values["guild's secret"], secrets.values["header value"])

	told := &journal{} // all that commands say
	tell := func(args ...string) {
		out, _ := st.command(args...).CombinedOutput()
		_, _ = told.Write(out)
	}
	// What is refused must not be repeated either: a header that cannot be sent, a value without its secret, a broken file.
	for _, harm := range []struct{ from, to string }{
		{`"X-Fixed"`, `"Host"`}, {`"secret_values":{"api_key"`, `"secret_values":{"other_key"`}, {`"method":"GET"`, `"method":"GRAB"`}, {`"panels":[`, `"panels":{`}, {`"X-Key","value":"`, `"X-Key","value":"\n`},
	} {
		broken := filepath.Join(st.dir, "broken.json")
		if err := os.WriteFile(broken, []byte(strings.Replace(read(t, setup), harm.from, harm.to, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := st.command("apply", broken).CombinedOutput(); err == nil {
			t.Errorf("%v was applied", harm)
		} else {
			_, _ = told.Write(out)
		}
	}
	st.apply(setup)
	p := st.serve()
	for n := range server.ways {
		if n == 10 { // as many as one member may have
			st.ryan = st.client.User(sandbox.DemoMiaID)
		}
		st.press()
		st.until("the ticket", func() bool {
			all := st.tickets()
			return len(all) == n+1 && !slices.ContainsFunc(all, func(c sandbox.Channel) bool { return len(st.welcomes(c.ID)) == 0 })
		})
	}
	tell("integration-key", sandbox.DemoOlgaID.String(), "game", "--rotate")
	tell("apply", setup)
	st.mustKeys("promote", keyID.FindString(st.mustKeys("add")))
	tell("keys", "reseal")
	tell("keys", "list", "--uses")
	answers := st.health(p)
	p.stop()

	for name, value := range secrets.values {
		if !bytes.Contains(server.seen, []byte(value)) {
			t.Errorf("the %s never reached its server: this test looks for nothing", name)
		}
	}
	if server.next < len(server.ways) {
		t.Errorf("%d requests, want %d", server.next, len(server.ways))
	}
	if n := strings.Count(p.log.String(), "integration failed"); n != len(failures()) {
		t.Errorf("%d failures are in the log, want %d", n, len(failures()))
	}
	secrets.absent("the log", []byte(p.log.String()))
	secrets.absent("what commands say", []byte(told.String()))
	secrets.absent("an answer over HTTP", answers)
	st.searchFiles(secrets, setup)
	st.searchDiscord(secrets)
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// secretive is a set-up file whose first integration sends a guild's secret in its URL and in a header, and a value of the author's own.
func (st *stage) secretive(guild, author string) string {
	st.t.Helper()
	path := st.roomy(st.setup(st.game.URL + "/other"))
	var file map[string]any
	if err := json.Unmarshal([]byte(read(st.t, path)), &file); err != nil {
		st.t.Fatal(err)
	}
	all := file["integrations"].([]any)
	game := all[0].(map[string]any)
	game["secret_values"] = map[string]any{"api_key": guild}
	game["headers"] = []any{map[string]any{"name": "X-Key", "value": "Bearer %api_key%"}, map[string]any{"name": "X-Fixed", "value": author}}
	file["integrations"] = all[:1]
	raw, err := json.Marshal(file)
	if err != nil {
		st.t.Fatal(err)
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		st.t.Fatal(err)
	}
	return path
}

var readyz = regexp.MustCompile(`http://[0-9.:]+/readyz`)

// health gives all that a running program answers to strangers.
func (st *stage) health(p *process) (all []byte) {
	st.t.Helper()
	address := strings.TrimSuffix(readyz.FindString(p.log.String()), "/readyz")
	for _, path := range []string{"/healthz", "/readyz", "/", "/api", "/logos/x", "/metrics", "/debug/pprof/"} {
		response, err := http.Get(address + path)
		if err != nil {
			st.t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			st.t.Fatal(err)
		}
		all = append(fmt.Appendf(all, "%v", response.Header), body...)
	}
	return all
}

// searchFiles looks through everything that the program wrote: the database with its journals, and whatever else is there.
func (st *stage) searchFiles(secrets sentinels, except string) {
	st.t.Helper()
	found := 0
	err := filepath.WalkDir(st.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path == except || filepath.Base(path) == "broken.json" {
			return err
		}
		found++
		secrets.absent(filepath.Base(path), []byte(read(st.t, path)))
		return nil
	})
	if err != nil || found < 2 {
		st.t.Errorf("%d files were searched, %v", found, err)
	}
}

// searchDiscord looks through everything that Discord was told, and everything that people see.
func (st *stage) searchDiscord(secrets sentinels) {
	st.t.Helper()
	calls, err := st.client.Calls(st.ctx, sandbox.CallFilter{})
	if err != nil || len(calls) == 0 {
		st.t.Fatalf("%d calls, %v", len(calls), err)
	}
	text, err := json.Marshal(calls)
	if err != nil {
		st.t.Fatal(err)
	}
	secrets.absent("a call to Discord", text)
	for _, c := range st.tickets() {
		all, err := st.olga.Messages(st.ctx, c.ID, 100)
		if err != nil {
			st.t.Fatal(err)
		}
		if text, err = json.Marshal(all); err != nil {
			st.t.Fatal(err)
		}
		secrets.absent("a message", text)
	}
	for _, user := range []sandbox.ID{sandbox.DemoRyanID, sandbox.DemoMiaID} {
		own, err := st.client.User(user).Messages(st.ctx, sandbox.DemoSupportID, 100)
		if err != nil {
			st.t.Fatal(err)
		}
		if text, err = json.Marshal(own); err != nil {
			st.t.Fatal(err)
		}
		secrets.absent("a reply", text)
	}
}
