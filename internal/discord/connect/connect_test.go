package connect_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/disgoorg/disgo/bot"
	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/events"
	"github.com/disgoorg/disgo/gateway"
	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"usher/internal/core/secret"
	"usher/internal/discord/clock"
	"usher/internal/discord/clock/clocktest"
	"usher/internal/discord/connect"
	"usher/internal/discord/gatewayconn"
)

const patience = 10 * time.Second

// validToken starts with 123 in base64.
const validToken = "MTIz.sesame.sesame"

// fakeDiscord answers the API and serves a gateway that logs everybody in.
type fakeDiscord struct {
	t      *testing.T
	server *httptest.Server
	entry  string // answer of GET /gateway/bot; %s is the gateway's address
	api    http.HandlerFunc

	mu     sync.Mutex
	logins []string      // "identify 0/2" or "resume s@5"
	logged chan struct{} // one value per login
	closed chan int      // the code of each closing handshake, as it arrives
	after  func(send func(string))
}

const normalEntry = `{"url":%q,"shards":1,"session_start_limit":{"total":1000,"remaining":1000,"reset_after":0,"max_concurrency":16}}`

func newFakeDiscord(t *testing.T) *fakeDiscord {
	t.Helper()
	f := &fakeDiscord{t: t, entry: normalEntry, logged: make(chan struct{}, 32), closed: make(chan int, 32)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v10/gateway/bot", func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("User-Agent"), "DiscordBot (") {
			t.Errorf("user agent %q is not of Discord's form", r.Header.Get("User-Agent"))
		}
		if r.Header.Get("Authorization") != "Bot "+validToken {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"message":"401: Unauthorized","code":0}`)
			return
		}
		_, _ = fmt.Fprintf(w, f.entry, "ws"+strings.TrimPrefix(f.server.URL, "http")+"/gateway")
	})
	mux.HandleFunc("/gateway", f.serveGateway)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { f.api(w, r) })
	f.server = httptest.NewServer(mux)
	t.Cleanup(f.server.Close)
	return f
}

func (f *fakeDiscord) serveGateway(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{}
	socket, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		f.t.Errorf("upgrading: %v", err)
		return
	}
	defer socket.Close()
	send := func(s string) { _ = socket.WriteMessage(websocket.TextMessage, []byte(s)) }
	send(`{"op":10,"d":{"heartbeat_interval":60000}}`)
	for {
		_, data, err := socket.ReadMessage()
		if err != nil {
			var closed *websocket.CloseError
			if errors.As(err, &closed) {
				f.closed <- closed.Code
			}
			return
		}
		f.answer(data, send)
	}
}

func (f *fakeDiscord) answer(data []byte, send func(string)) {
	var m struct {
		Op int `json:"op"`
		D  json.RawMessage
	}
	var d struct {
		Shard     [2]int `json:"shard"`
		SessionID string `json:"session_id"`
		Seq       int    `json:"seq"`
	}
	_ = json.Unmarshal(data, &m)
	_ = json.Unmarshal(m.D, &d)
	note := func(s string) {
		f.mu.Lock()
		f.logins = append(f.logins, s)
		f.mu.Unlock()
		f.logged <- struct{}{}
	}
	switch m.Op {
	case 2:
		note(fmt.Sprintf("identify %d/%d", d.Shard[0], d.Shard[1]))
		send(fmt.Sprintf(`{"op":0,"s":1,"t":"READY","d":{"v":10,"user":{"id":"123"},"guilds":[],"session_id":"s%d","application":{"id":"123"}}}`, d.Shard[0]))
	case 6:
		note(fmt.Sprintf("resume %s@%d", d.SessionID, d.Seq))
		send(fmt.Sprintf(`{"op":0,"s":%d,"t":"RESUMED","d":{}}`, d.Seq+1))
	case 1:
		send(`{"op":11}`)
		return
	default:
		return
	}
	if f.after != nil {
		f.after(send)
	}
}

func (f *fakeDiscord) options() connect.Options {
	return connect.Options{
		Token: secret.New(validToken), Clock: clock.System(time.Now), Rand: func() float64 { return 0.5 }, Logger: slog.New(slog.DiscardHandler),
		APIURL: f.server.URL, Intents: gateway.IntentGuildMessages,
	}
}

func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func mustConnect(t *testing.T, o connect.Options) *connect.Connection {
	t.Helper()
	c, err := connect.New(testContext(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOpenHandleClose(t *testing.T) {
	before := runtime.NumGoroutine()
	f := newFakeDiscord(t)
	f.after = func(send func(string)) {
		send(`{"op":0,"s":2,"t":"MESSAGE_CREATE","d":{"id":"9","channel_id":"5","guild_id":"1","content":"hi","author":{"id":"6"}}}`)
	}
	seen := make(chan string, 1)
	o := f.options()
	o.Listeners = []bot.EventListener{bot.NewListenerFunc(func(e *events.GuildMessageCreate) { seen <- e.Message.Content })}
	c := mustConnect(t, o)
	if c.Ready() {
		t.Error("ready before Open")
	}
	ctx := testContext(t)
	if err := c.Open(ctx); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-seen:
		if got != "hi" {
			t.Errorf("got %q", got)
		}
	case <-ctx.Done():
		t.Fatal("the event did not reach the listener")
	}
	if !c.Ready() {
		t.Error("not ready after Open")
	}
	if err := c.Close(ctx); err != nil {
		t.Error(err)
	}
	if c.Ready() || len(c.States()) != 0 {
		t.Errorf("ready %t and states %v after Close", c.Ready(), c.States())
	}
	f.server.Close()
	noMoreGoroutines(t, before)
}

// noMoreGoroutines waits until there are no more goroutines than before.
func noMoreGoroutines(t *testing.T, before int) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for runtime.NumGoroutine() > before {
		select {
		case <-tick.C:
		case <-deadline:
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
		}
	}
}

func TestHandoverToAnotherProcess(t *testing.T) {
	f := newFakeDiscord(t)
	f.entry = strings.Replace(normalEntry, `"shards":1`, `"shards":2`, 1)
	ctx := testContext(t)
	first := mustConnect(t, f.options())
	if err := first.Open(ctx); err != nil {
		t.Fatal(err)
	}
	if !first.Ready() {
		t.Error("two shards are open and not ready")
	}
	states, err := first.Handover(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		select {
		case code := <-f.closed:
			if code != websocket.CloseServiceRestart {
				t.Errorf("left with %d, want 1012", code)
			}
		case <-ctx.Done():
			t.Fatal("a shard did not say that it leaves")
		}
	}
	want := map[int]gatewayconn.State{0: {SessionID: "s0", Sequence: 1}, 1: {SessionID: "s1", Sequence: 1}}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Fatalf("states (-want +got):\n%s", diff)
	}
	o := f.options()
	o.Sessions, o.ShardIDs = states, []int{1}
	second := mustConnect(t, o)
	if mine, all := second.Numbers(); !cmp.Equal(mine, []int{1}) || all != 2 || len(second.Shards()) != 0 {
		t.Errorf("before it is open it has %v of %d, and %d connections", mine, all, len(second.Shards()))
	}
	if err := second.Open(ctx); err != nil {
		t.Fatal(err)
	}
	if err := second.Close(ctx); err != nil {
		t.Error(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if got := f.logins[2:]; !cmp.Equal(got, []string{"resume s1@1"}) {
		t.Errorf("the second process did %v", got)
	}
}

func TestDefect10NoMaxConcurrency(t *testing.T) {
	f := newFakeDiscord(t)
	f.entry = `{"url":%q,"shards":2}`
	fake := clocktest.New(time.Now())
	o := f.options()
	o.Clock = fake
	c := mustConnect(t, o)
	ctx := testContext(t)
	opened := make(chan error, 1)
	go func() { opened <- c.Open(ctx) }()
	await := func() {
		t.Helper()
		select {
		case <-f.logged:
		case <-ctx.Done():
			t.Fatal("a shard did not log in")
		}
	}
	await()
	for second := false; !second; {
		select {
		case <-f.logged:
			second = true
		case <-time.After(5 * time.Millisecond):
			fake.Advance(100 * time.Millisecond)
		}
	}
	if err := <-opened; err != nil {
		t.Fatal(err)
	}
	if err := c.Close(ctx); err != nil {
		t.Error(err)
	}
}

func TestDefect6NobodyIsPingedByDefault(t *testing.T) {
	f := newFakeDiscord(t)
	bodies := make(chan string, 1)
	f.api = func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- string(body)
		_, _ = io.WriteString(w, `{"id":"1","channel_id":"1","author":{"id":"123"}}`)
	}
	c := mustConnect(t, f.options())
	if _, err := c.Client.Rest.CreateMessage(1, discord.MessageCreate{Content: "@everyone"}); err != nil {
		t.Fatal(err)
	}
	var sent struct {
		Mentions json.RawMessage `json:"allowed_mentions"`
	}
	if err := json.Unmarshal([]byte(<-bodies), &sent); err != nil {
		t.Fatal(err)
	}
	if want := `{"parse":[],"roles":[],"users":[],"replied_user":false}`; string(sent.Mentions) != want {
		t.Errorf("allowed_mentions %s, want %s", sent.Mentions, want)
	}
}

func TestServerErrorsAreRepeatedWhereThatIsSafe(t *testing.T) {
	f := newFakeDiscord(t)
	var mu sync.Mutex
	bodies := map[string][]string{}
	f.api = func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		bodies[r.Method] = append(bodies[r.Method], string(body))
		n := len(bodies[r.Method])
		mu.Unlock()
		if n < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, `{"id":"1","channel_id":"1","author":{"id":"123"}}`)
	}
	c := mustConnect(t, f.options())
	content := "x"
	if _, err := c.Client.Rest.UpdateMessage(1, 2, discord.MessageUpdate{Content: &content}); err != nil {
		t.Errorf("an edit was not repeated: %v", err)
	}
	if _, err := c.Client.Rest.CreateMessage(1, discord.MessageCreate{Content: "x"}); err == nil {
		t.Error("a message was sent again although the first could have arrived")
	}
	mu.Lock()
	defer mu.Unlock()
	if got := bodies["PATCH"]; len(got) != 3 || got[0] == "" || got[2] != got[0] {
		t.Errorf("edits sent: %q, want the same three times", got)
	}
	if got := bodies["POST"]; len(got) != 1 {
		t.Errorf("%d messages sent, want 1", len(got))
	}
}

func TestWrongTokens(t *testing.T) {
	t.Run("refused by the API", func(t *testing.T) {
		o := newFakeDiscord(t).options()
		o.Token = secret.New(base64.RawStdEncoding.EncodeToString([]byte("456")) + ".sesame.sesame")
		_, err := connect.New(testContext(t), o)
		wantToken(t, err, true)
	})
	for name, token := range map[string]string{"not base64": "sesame!", "base64 of no id": base64.RawStdEncoding.EncodeToString([]byte("sesame")) + ".sesame.sesame"} {
		t.Run(name, func(t *testing.T) {
			o := newFakeDiscord(t).options()
			o.Token = secret.New(token)
			_, err := connect.New(testContext(t), o)
			wantToken(t, err, false)
		})
	}
	t.Run("refused by the gateway", func(t *testing.T) {
		f := newFakeDiscord(t)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			upgrader := websocket.Upgrader{}
			socket, err := upgrader.Upgrade(w, r, nil)
			if err != nil {
				return
			}
			defer socket.Close()
			_ = socket.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(4004, ""), time.Now().Add(time.Second))
			_, _, _ = socket.ReadMessage()
		}))
		defer server.Close()
		o := f.options()
		o.GatewayURL = "ws" + strings.TrimPrefix(server.URL, "http")
		wantToken(t, mustConnect(t, o).Open(testContext(t)), true)
	})
}

func wantToken(t *testing.T, err error, refused bool) {
	t.Helper()
	var wrong *connect.TokenError
	if !errors.As(err, &wrong) || wrong.Refused != refused {
		t.Fatalf("got %v, want a TokenError with Refused %t", err, refused)
	}
	if !strings.Contains(err.Error(), "Reset Token") || strings.Contains(err.Error(), "sesame") {
		t.Errorf("the error must say what to do and not quote the token: %v", err)
	}
}

func TestUnreachable(t *testing.T) {
	page := func(status int, body string) func(*testing.T) string {
		return func(t *testing.T) string {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			}))
			t.Cleanup(server.Close)
			return server.URL
		}
	}
	for name, c := range map[string]struct {
		address func(*testing.T) string
		says    string
	}{
		"nobody listens":      {func(*testing.T) string { return "http://127.0.0.1:1" }, "firewall"},
		"no such API":         {page(404, "<html>not here</html>"), "404"},
		"a page":              {page(200, "<html>hello</html>"), "check the API address"},
		"another API":         {page(200, `{"hello":1}`), "names no gateway"},
		"a redirect":          {page(302, ""), "302"},
		"broken for too long": {page(502, ""), "502"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newFakeDiscord(t).options()
			o.APIURL = c.address(t)
			_, err := connect.New(testContext(t), o)
			var unreachable *connect.UnreachableError
			if !errors.As(err, &unreachable) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "127.0.0.1") {
				t.Errorf("got %v, want UnreachableError that names the host and says %q", err, c.says)
			}
			if err != nil && strings.Contains(err.Error(), "sesame") {
				t.Errorf("the error quotes the token: %v", err)
			}
		})
	}
}

func TestLoginsSpent(t *testing.T) {
	f := newFakeDiscord(t)
	f.entry = `{"url":%q,"shards":1,"session_start_limit":{"total":1000,"remaining":0,"reset_after":3600000,"max_concurrency":1}}`
	_, err := connect.New(testContext(t), f.options())
	var spent *connect.LoginsSpentError
	if !errors.As(err, &spent) || spent.Wait != time.Hour {
		t.Errorf("got %v, want one hour to wait", err)
	}
	o := f.options()
	o.Sessions = map[int]gatewayconn.State{0: {SessionID: "s", Sequence: 3}}
	if _, err := connect.New(testContext(t), o); err != nil {
		t.Errorf("a resume is no login, and yet: %v", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	f := newFakeDiscord(t)
	for name, c := range map[string]struct {
		change func(*connect.Options)
		says   string
	}{
		"no token":     {func(o *connect.Options) { o.Token = secret.Value{} }, "Token"},
		"bad address":  {func(o *connect.Options) { o.APIURL = "discord.com" }, "http or https"},
		"shard beyond": {func(o *connect.Options) { o.Shards, o.ShardIDs = 2, []int{2} }, "shard 2 does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			o := f.options()
			c.change(&o)
			if _, err := connect.New(testContext(t), o); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
	for _, path := range []string{"", "/", "/api", "/api/", "/api/v10", "/api/v10/"} {
		o := f.options()
		o.APIURL += path
		if _, err := connect.New(testContext(t), o); err != nil {
			t.Errorf("address with path %q: %v", path, err)
		}
	}
}
