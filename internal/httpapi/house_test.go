package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	usher "usher/internal/app"
	"usher/internal/config"
	"usher/internal/core/account"
	"usher/sandbox"
)

// Servers beside the demo's own, where Usher's bot is: olga's club, where it is not, and noor's den, where it is.
const (
	clubID sandbox.ID = 1400000000000000301
	denID  sandbox.ID = 1400000000000000302
)

// house is the whole program against a local Discord: what is tested is what people get.
type house struct {
	t       *testing.T
	discord *sandbox.Server
	app     *usher.App
	url     string
	log     *record
}

// record keeps what is logged.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(b)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

func seed() sandbox.Seed {
	s := sandbox.DefaultSeed()
	s.Guilds = append(
		s.Guilds,
		sandbox.SeedGuild{ID: clubID, Name: "Olga's Club", Owner: "Olga"},
		sandbox.SeedGuild{ID: denID, Name: "Noor's Den", Owner: "Noor", Bots: []sandbox.SeedBot{{Application: "Usher"}}},
	)
	return s
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, log: &record{}}
	world := seed()
	discord, err := sandbox.Start(t.Context(), sandbox.Config{Addr: "127.0.0.1:0", Seed: world, RateLimits: sandbox.RateLimits{Off: true}})
	if err != nil {
		t.Fatal(err)
	}
	h.discord = discord
	folder := t.TempDir()
	c, err := config.FromMap(map[string]string{
		"DISCORD_TOKEN": world.Applications[0].BotToken, "DISCORD_API_URL": discord.APIURL(), "DISCORD_CLIENT_SECRET": world.Applications[0].ClientSecret,
		"DATABASE_URL": "sqlite:" + filepath.Join(folder, "usher.sqlite"), "USHER_KEYS_FILE": filepath.Join(folder, "keys"), "USHER_FILES": filepath.Join(folder, "files"),
		"USHER_LISTEN": "127.0.0.1:0", "USHER_EGRESS_ALLOW_NETWORKS": "127.0.0.1/32", "USHER_OPERATORS": sandbox.DemoOlgaID.String(),
	})
	if err != nil {
		t.Fatal(err)
	}
	h.app, err = usher.New(t.Context(), c, "test", usher.Server, slog.New(slog.NewTextHandler(h.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- h.app.Serve(ctx, func(address string) { ready <- address }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serving ended with %v", err)
		}
		if err := h.app.Close(); err != nil {
			t.Error(err)
		}
		late, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := discord.Close(late); err != nil {
			t.Error(err)
		}
	})
	select {
	case address := <-ready:
		h.url = "http://" + address
	case err := <-ended:
		ended <- err
		t.Fatalf("it did not start: %v\n%s", err, h.log)
	}
	return h
}

// visitor is a browser, or a program with a key.
type visitor struct {
	h    *house
	http *http.Client
	key  string
}

// stranger is a browser that nobody signed in with. It goes nowhere by itself.
func (h *house) stranger() *visitor {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &visitor{h: h, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// person signs in as people do: over Discord's page.
func (h *house) person(user sandbox.ID) *visitor {
	h.t.Helper()
	v := h.stranger()
	v.signIn(user)
	return v
}

func (v *visitor) signIn(user sandbox.ID) reply {
	v.h.t.Helper()
	leaving := v.do(http.MethodGet, "/auth/sign-in?return=/somewhere", nil)
	if leaving.status != http.StatusFound {
		v.h.t.Fatalf("leaving for Discord: %d %s", leaving.status, leaving.text)
	}
	back := v.do(http.MethodGet, v.agree(user, leaving.location, false), nil)
	if back.status != http.StatusSeeOther || back.location != "/somewhere" {
		v.h.t.Fatalf("coming back: %d %s %s", back.status, back.location, back.text)
	}
	return back
}

// agree answers Discord's question for a person and gives the path to which the browser is sent.
func (v *visitor) agree(user sandbox.ID, address string, deny bool) string {
	v.h.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		v.h.t.Fatal(err)
	}
	q := u.Query()
	to, err := v.h.discord.Client().User(user).Authorize(v.h.t.Context(), sandbox.Consent{
		ClientID: sandbox.DemoApplicationID, RedirectURI: q.Get("redirect_uri"), ResponseType: q.Get("response_type"), Scope: q.Get("scope"),
		State: q.Get("state"), CodeChallenge: q.Get("code_challenge"), CodeChallengeMethod: q.Get("code_challenge_method"), Deny: deny,
	})
	if err != nil {
		v.h.t.Fatal(err)
	}
	return strings.TrimPrefix(to, v.h.url)
}

// program asks with an API key of a user.
func (h *house) program(user sandbox.ID, g sandbox.ID, scopes ...account.Scope) *visitor {
	h.t.Helper()
	made := h.person(user).do(http.MethodPost, "/api/v1/me/keys", map[string]any{
		"name": "test", "scopes": scopes, "guild": map[bool]string{true: g.String()}[g != 0], "expires": time.Now().Add(time.Hour),
	})
	var out struct{ Token string }
	if err := json.Unmarshal([]byte(made.text), &out); err != nil || made.status != http.StatusCreated {
		h.t.Fatalf("making a key: %d %s %v", made.status, made.text, err)
	}
	return &visitor{h: h, http: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, key: out.Token}
}

// reply is an answer.
type reply struct {
	status   int
	text     string
	location string
	header   http.Header
}

// do asks. A body that is a string goes as it is, anything else as JSON. Headers are in pairs.
func (v *visitor) do(method, path string, body any, headers ...string) reply {
	v.h.t.Helper()
	var sent io.Reader = http.NoBody
	if body != nil {
		text, ok := body.(string)
		if !ok {
			b, err := json.Marshal(body)
			if err != nil {
				v.h.t.Fatal(err)
			}
			text = string(b)
		}
		sent = strings.NewReader(text)
	}
	r, err := http.NewRequestWithContext(v.h.t.Context(), method, v.h.url+path, sent)
	if err != nil {
		v.h.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if v.key != "" {
		r.Header.Set("Authorization", "Bearer "+v.key)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := v.http.Do(r)
	if err != nil {
		v.h.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		v.h.t.Fatal(err)
	}
	return reply{status: res.StatusCode, text: string(text), location: res.Header.Get("Location"), header: res.Header}
}

// want holds an answer to its status, to what it must say, and (after a "-") to what it must not say.
func (r reply) want(t *testing.T, status int, says ...string) reply {
	t.Helper()
	if r.status != status {
		t.Errorf("status %d, want %d: %s", r.status, status, r.text)
	}
	for _, s := range says {
		if not, ok := strings.CutPrefix(s, "-"); ok {
			if strings.Contains(r.text, not) {
				t.Errorf("the answer says %q: %s", not, r.text)
			}
		} else if !strings.Contains(r.text, s) {
			t.Errorf("the answer does not say %q: %s", s, r.text)
		}
	}
	return r
}

// read reads the answer's JSON.
func read[T any](t *testing.T, r reply) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.text), &v); err != nil {
		t.Fatalf("%v: %s", err, r.text)
	}
	return v
}
