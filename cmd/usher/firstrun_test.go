package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"usher/sandbox"
)

// newcomer is a `usher serve` that has no settings, as the page speaks to it.
type newcomer struct {
	*process
	out     *journal
	base    string // http://127.0.0.1:port
	code    string
	session string
}

// setupAnswer is what the set-up's API answers.
type setupAnswer struct {
	Session string
	State   struct {
		Phase, Failure, Address, Redirect, Invite string
		Registered                                bool
		SecretKnown                               bool `json:"secret_known"`
		Application                               *struct{ Name string }
		Operator                                  *struct{ Shown string }
		Fixed                                     []string
		Guilds                                    []struct {
			Name    string
			Missing []string
		}
	}
	Problem *struct {
		Code, Detail string
		Errors       []struct{ Location, Message string }
	}
	Code string // of a refused request
}

var printed = regexp.MustCompile(`(http://127\.0\.0\.1:\d+)/setup#code=([A-Z2-7]{26})\n`)

// withoutToken makes the stage one of a machine without settings.
func (st *stage) withoutToken() {
	st.env = slices.DeleteFunc(st.env, func(v string) bool { return strings.HasPrefix(v, "DISCORD_TOKEN=") })
}

// settingsFile is where the set-up keeps what it found out.
func (st *stage) settingsFile() string { return filepath.Join(st.dir, "usher.env") }

// arrive starts Usher without settings.
func (st *stage) arrive() *newcomer {
	st.t.Helper()
	n := &newcomer{process: &process{st: st, cmd: st.command("serve"), log: &journal{}, exited: make(chan error, 1)}, out: &journal{}}
	n.cmd.Stderr, n.cmd.Stdout = n.log, n.out
	if err := n.cmd.Start(); err != nil {
		st.t.Fatal(err)
	}
	go func() { n.exited <- n.cmd.Wait() }()
	st.t.Cleanup(func() {
		_ = n.cmd.Process.Kill()
		if st.t.Failed() {
			st.t.Logf("usher wrote:\n%s\n%s", n.out, n.log)
		}
		if strings.Contains(n.log.String(), "DATA RACE") {
			st.t.Errorf("usher has a data race:\n%s", n.log)
		}
	})
	st.until("the address of the page", func() bool { return printed.MatchString(n.out.String()) })
	found := printed.FindStringSubmatch(n.out.String())
	n.base, n.code = found[1], found[2]
	return n
}

// request sends to the set-up; change may spoil it.
func (n *newcomer) request(method, path string, body map[string]string, change func(*http.Request)) (int, setupAnswer) {
	n.st.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		n.st.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(n.st.ctx, method, n.base+path, bytes.NewReader(text))
	if err != nil {
		n.st.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+n.session)
	if change != nil {
		change(r)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		n.st.t.Fatal(err)
	}
	defer res.Body.Close()
	var a setupAnswer
	text, err = io.ReadAll(res.Body)
	if err != nil {
		n.st.t.Fatal(err)
	}
	if strings.Contains(res.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(text, &a); err != nil {
			n.st.t.Fatalf("%s: %v\n%s", path, err, text)
		}
	}
	for _, secret := range []string{n.st.token(), clientSecret} {
		if bytes.Contains(text, []byte(secret)) {
			n.st.t.Errorf("%s shows a value back:\n%s", path, text)
		}
	}
	return res.StatusCode, a
}

func (st *stage) token() string { return sandbox.DefaultSeed().Applications[0].BotToken }

const clientSecret = "sandbox-client-secret"

// send is request for what shall be answered; the wanted code is that of the problem, empty for none.
func (n *newcomer) send(want, path string, body map[string]string) setupAnswer {
	n.st.t.Helper()
	status, a := n.request(http.MethodPost, "/api/setup/"+path, body, nil)
	code := ""
	if a.Problem != nil {
		code = a.Problem.Code
	}
	if status != http.StatusOK || code != want {
		n.st.t.Fatalf("%s: status %d, problem %+v, want %q", path, status, a.Problem, want)
	}
	return a
}

// state asks until the state is as wanted.
func (n *newcomer) state(what string, is func(setupAnswer) bool) setupAnswer {
	n.st.t.Helper()
	var a setupAnswer
	n.st.until(what, func() bool {
		_, a = n.request(http.MethodGet, "/api/setup", nil, nil)
		return is(a)
	})
	return a
}

// choose gives all that is asked for.
func (n *newcomer) choose() {
	n.st.t.Helper()
	n.session = n.send("", "session", map[string]string{"code": n.code}).Session
	n.send("", "token", map[string]string{"token": n.st.token()})
	n.send("", "address", map[string]string{"address": n.base})
	n.send("", "secret", map[string]string{"secret": clientSecret})
}

func TestFirstRunBecomesAWholeUsher(t *testing.T) {
	st := newStage(t)
	st.withoutToken()
	n := st.arrive()
	if a := n.send("code_wrong", "session", map[string]string{"code": "AAAAAAAAAAAAAAAAAAAAAAAAAA"}); a.Session != "" {
		t.Error("a session for a wrong code")
	}
	n.session = n.send("", "session", map[string]string{"code": n.code}).Session
	a := n.send("token_refused", "token", map[string]string{"token": sandbox.BotToken(sandbox.DemoApplicationID, "sesame.sesame")})
	if len(a.Problem.Errors) != 1 || a.Problem.Errors[0].Location != "token" {
		t.Errorf("%+v", a.Problem)
	}
	a = n.send("", "token", map[string]string{"token": st.token()})
	if a.State.Application == nil || a.State.Application.Name != "Usher" || a.State.Operator == nil || a.State.Operator.Shown != "Olga" {
		t.Errorf("%+v", a.State)
	}
	n.send("address_invalid", "address", map[string]string{"address": "http://tickets.example.org"})
	n.send("", "address", map[string]string{"address": n.base})
	n.send("secret_refused", "secret", map[string]string{"secret": "sesame"})
	n.send("setup_incomplete", "finish", nil)
	a = n.send("", "secret", map[string]string{"secret": clientSecret})
	if !a.State.SecretKnown || a.State.Redirect != n.base+"/auth/callback" {
		t.Errorf("%+v", a.State)
	}
	n.send("", "operator", map[string]string{"user": sandbox.DemoRyanID.String()})
	n.send("", "finish", nil)
	a = n.state("usher to serve", func(a setupAnswer) bool { return a.State.Phase == "running" && len(a.State.Guilds) > 0 })
	if a.State.Guilds[0].Name != "Ryan's Arcade" || len(a.State.Guilds[0].Missing) != 0 || !strings.Contains(a.State.Invite, "/oauth2/authorize?client_id=") {
		t.Errorf("%+v", a.State)
	}
	if status, _ := n.request(http.MethodGet, "/readyz", nil, nil); status != http.StatusOK {
		t.Errorf("readyz: %d", status)
	}
	n.send("setup_started", "token", map[string]string{"token": st.token()})
	n.send("", "done", nil)
	if status, _ := n.request(http.MethodGet, "/api/setup", nil, nil); status != http.StatusNotFound {
		t.Errorf("the set-up's API after the end: %d", status)
	}
	n.stop()
	st.wantSettings(n, sandbox.DemoRyanID.String())

	// The next start finds everything.
	again := st.serve()
	again.stop()
	for _, secret := range []string{st.token(), clientSecret, n.code, n.session} {
		if strings.Contains(n.log.String()+again.log.String(), secret) {
			t.Error("a secret stands in the log")
		}
	}
}

// wantSettings looks at the file that the set-up wrote.
func (st *stage) wantSettings(n *newcomer, operator string) {
	st.t.Helper()
	info, err := os.Stat(st.settingsFile())
	if err != nil || info.Mode().Perm() != 0o600 {
		st.t.Fatalf("%v, %v", info, err)
	}
	text, err := os.ReadFile(st.settingsFile())
	if err != nil {
		st.t.Fatal(err)
	}
	for _, line := range []string{"DISCORD_TOKEN=" + st.token(), "DISCORD_CLIENT_SECRET=" + clientSecret, "USHER_PUBLIC_URL=" + n.base, "USHER_OPERATORS=" + operator} {
		if !strings.Contains(string(text), line+"\n") {
			st.t.Errorf("the settings lack a line:\n%s", text)
		}
	}
}

func TestFirstRunAnswersNobodyElse(t *testing.T) {
	st := newStage(t)
	st.withoutToken()
	n := st.arrive()
	status := func(method, path string, change func(*http.Request)) int {
		s, _ := n.request(method, path, map[string]string{"code": n.code}, change)
		return s
	}
	for _, c := range []struct {
		name, method, path string
		change             func(*http.Request)
		want               int
	}{
		{"alive", "GET", "/healthz", nil, 200},
		{"not ready", "GET", "/readyz", nil, 503},
		{"the dashboard", "GET", "/", nil, 503},
		{"the API", "GET", "/api/v1/me", nil, 503},
		{"signing in", "GET", "/auth/sign-in", nil, 503},
		{"without a session", "GET", "/api/setup", nil, 403},
		{"with the code for a session", "GET", "/api/setup", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+n.code) }, 403},
		{"finishing without a session", "POST", "/api/setup/finish", nil, 403},
		{"nothing there", "GET", "/api/setup/x", nil, 404},
		{"another method", "GET", "/api/setup/finish", nil, 404},
		{"a name led here", "POST", "/api/setup/session", func(r *http.Request) { r.Host = "evil.example" }, 421},
		{"a name with our port", "GET", "/setup", func(r *http.Request) { r.Host = "evil.example:" + strings.Split(n.base, ":")[2] }, 421},
		{"a name that looks like a number", "GET", "/healthz", func(r *http.Request) { r.Host = "127.0.0.1.evil.example" }, 421},
		{"another machine's number", "GET", "/healthz", func(r *http.Request) { r.Host = "192.0.2.1:80" }, 421},
		{"a page of another site", "POST", "/api/setup/session", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403},
		{"an old browser's other site", "POST", "/api/setup/session", func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, 403},
	} {
		if got := status(c.method, c.path, c.change); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if _, a := n.request("POST", "/api/setup/session", map[string]string{"code": n.code}, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }); a.Session != "" {
		t.Error("a form of another site got in")
	}
	if _, a := n.request("POST", "/api/setup/session", map[string]string{"code": n.code + strings.Repeat("x", 20_000)}, nil); a.Problem == nil || a.Problem.Code != "unreadable" {
		t.Errorf("far too long: %+v", a)
	}
	// None of that has used the code up.
	n.session = n.send("", "session", map[string]string{"code": n.code}).Session
	n.send("code_spent", "session", map[string]string{"code": n.code})
	n.stop()
	if _, err := os.Stat(st.settingsFile()); err == nil {
		t.Error("settings were written")
	}
}

func TestFirstRunEndsWhenTheCodeIsGuessedAt(t *testing.T) {
	st := newStage(t)
	st.withoutToken()
	n := st.arrive()
	for range 9 {
		n.send("code_wrong", "session", map[string]string{"code": "guess"})
	}
	n.send("setup_over", "session", map[string]string{"code": "guess"})
	if err := <-n.exited; err == nil || !strings.Contains(n.log.String(), "start usher again for a new code") {
		t.Errorf("%v\n%s", err, n.log)
	}
}

// The page answers on this machine alone although Usher shall be reached from everywhere, goes over to that address when it is done, and the
// same page goes on.
func TestFirstRunStaysOnThisMachine(t *testing.T) {
	st := newStage(t)
	st.withoutToken()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free.Addr().String())
	_ = free.Close()
	st.env = append(st.env, "USHER_LISTEN=0.0.0.0:"+port)
	n := st.arrive()
	if n.base != "http://127.0.0.1:"+port {
		t.Fatalf("the page is at %s", n.base)
	}
	if second, err := net.Listen("tcp", "127.0.0.2:"+port); err != nil {
		t.Errorf("more than 127.0.0.1 is taken: %v", err)
	} else {
		_ = second.Close()
	}
	n.choose()
	n.send("", "finish", nil)
	n.state("usher to serve", func(a setupAnswer) bool { return a.State.Phase == "running" })
	if _, err := net.Listen("tcp", "127.0.0.2:"+port); err == nil {
		t.Error("usher does not listen on all addresses")
	}
	n.stop()
}

func TestFirstRunTellsWhyUsherDoesNotStartAndGoesOn(t *testing.T) {
	st := newStage(t)
	st.withoutToken()
	keys := filepath.Join(st.dir, "usher.keys")
	if err := os.WriteFile(keys, []byte("no keys"), 0o600); err != nil {
		t.Fatal(err)
	}
	n := st.arrive()
	n.choose()
	n.send("", "finish", nil)
	a := n.state("the failure", func(a setupAnswer) bool { return a.State.Phase == "failed" })
	if !strings.Contains(a.State.Failure, "USHER_KEYS_FILE") {
		t.Errorf("%q", a.State.Failure)
	}
	if err := os.Remove(keys); err != nil {
		t.Fatal(err)
	}
	n.send("", "finish", nil)
	n.state("usher to serve", func(a setupAnswer) bool { return a.State.Phase == "running" })
	n.stop()
}

func TestFirstRunLeavesToTheEnvironmentWhatItSets(t *testing.T) {
	st := newStage(t)
	st.withoutToken()
	st.env = append(st.env, "DISCORD_CLIENT_SECRET="+clientSecret, "USHER_OPERATORS="+sandbox.DemoMiaID.String())
	n := st.arrive()
	n.session = n.send("", "session", map[string]string{"code": n.code}).Session
	a := n.send("", "token", map[string]string{"token": st.token()})
	if !slices.Equal(a.State.Fixed, []string{"secret", "operator"}) || a.State.Operator != nil {
		t.Errorf("%+v", a.State)
	}
	n.send("setting_fixed", "secret", map[string]string{"secret": clientSecret})
	n.send("", "address", map[string]string{"address": n.base})
	n.send("", "finish", nil)
	n.state("usher to serve", func(a setupAnswer) bool { return a.State.Phase == "running" })
	n.stop()
	text, err := os.ReadFile(st.settingsFile())
	if err != nil || strings.Contains(string(text), clientSecret) || strings.Contains(string(text), "USHER_OPERATORS=") {
		t.Errorf("%v\n%s", err, text)
	}
}
