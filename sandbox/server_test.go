package sandbox_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"usher/sandbox"
)

// TestS12LoopbackOnly: other addresses need to be asked for.
func TestS12LoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0"} {
		if _, err := sandbox.Start(t.Context(), sandbox.Config{Addr: addr}); err == nil || !strings.Contains(err.Error(), "loopback") {
			t.Errorf("%s: %v", addr, err)
		}
	}
	s, err := sandbox.Start(t.Context(), sandbox.Config{Addr: "0.0.0.0:0", AllowNonLoopback: true})
	if err != nil {
		t.Fatalf("starting: %v", err)
	}
	_ = s.Close(t.Context())
}

// TestS12TakenPort: the error names the address.
func TestS12TakenPort(t *testing.T) {
	t.Parallel()
	first := start(t, sandbox.Config{})
	addr := strings.TrimPrefix(first.URL(), "http://")
	if _, err := sandbox.Start(t.Context(), sandbox.Config{Addr: addr}); err == nil || !strings.Contains(err.Error(), addr) {
		t.Errorf("starting twice on %s: %v", addr, err)
	}
}

// TestS12EndsWithItsContext: streams and held calls do not keep it.
func TestS12EndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s, err := sandbox.Start(ctx, sandbox.Config{})
	if err != nil {
		t.Fatalf("starting: %v", err)
	}
	events, err := s.Client().User(sandbox.DemoRyanID).Stream(t.Context())
	if err != nil {
		t.Fatalf("opening a stream: %v", err)
	}
	newRawBot(t, s).connect(1)
	cancel()
	select {
	case _, open := <-events:
		if open {
			t.Error("the stream told something")
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the stream outlived the sandbox")
	}
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("closing again: %v", err)
	}
}

// TestS12StopsAtOnce: neither a connection on which nothing was asked, nor a call that a fault delays, nor one that waits
// for a bot keeps the sandbox from stopping, and none of them makes an error of it.
func TestS12StopsAtOnce(t *testing.T) {
	t.Parallel()
	s, err := sandbox.Start(t.Context(), sandbox.Config{})
	if err != nil {
		t.Fatalf("starting: %v", err)
	}
	b := newRawBot(t, s)
	b.connect(1)
	c, panel := s.Client(), b.must("POST", supportPath+"/messages", object{"content": "x", "components": []object{row(button("b"))}})
	var m sandbox.Message
	if err := json.Unmarshal([]byte(panel.raw), &m); err != nil {
		t.Fatal(err)
	}
	var dialer net.Dialer
	for range 3 {
		conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL(), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	if _, err := c.Delay(t.Context(), "GET", "/users/@me", time.Hour); err != nil {
		t.Fatal(err)
	}
	delayed := make(chan answer, 1)
	go func() { delayed <- b.call("GET", "/users/@me", nil) }()
	pressed := make(chan sandbox.Interaction, 1)
	go func() {
		out, _ := c.User(sandbox.DemoRyanID).Press(t.Context(), m, "b")
		pressed <- out
	}()
	waitFor(t, "the press and the delayed call", func() bool {
		list, _ := c.Interactions(t.Context())
		calls, _ := c.Calls(t.Context(), sandbox.CallFilter{Route: "/users/@me"})
		return len(list) == 1 && len(calls) == 1
	})
	// net/http would wait five seconds for a silent connection.
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Errorf("stopping: %v", err)
	}
	if got := <-delayed; got.status != http.StatusOK {
		t.Errorf("the delayed call was answered %d", got.status)
	}
	if got := <-pressed; got.State != sandbox.StatePending {
		t.Errorf("the press was told %+v", got)
	}
}

// waitFor looks again and again until done.
func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// TestS12Seed: a seed file makes the world, an unknown field or name is an error that names it.
func TestS12Seed(t *testing.T) {
	t.Parallel()
	good := `{"users":[{"username":"ann"}],"applications":[{"name":"Bot"}],
		"guilds":[{"name":"G","owner":"ann","roles":[{"name":"R","permissions":["VIEW_CHANNEL"]}],"bots":[{"application":"Bot"}],
		"channels":[{"name":"c","type":"category","overwrites":[{"role":"@everyone","deny":"1024"}]},{"name":"t","parent":"c"}]}]}`
	seed, err := sandbox.ParseSeed([]byte(good))
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	s := start(t, sandbox.Config{Seed: seed})
	people, err := s.Client().People(t.Context())
	if err != nil || len(people) != 1 || people[0].User.Username != "ann" || len(people[0].GuildIDs) != 1 {
		t.Errorf("people: %+v, %v", people, err)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"unknown field":      {`"username"`, `"usrname"`, `"usrname"`},
		"unknown permission": {"VIEW_CHANNEL", "FLY", "FLY"},
		"unknown owner":      {`"owner":"ann"`, `"owner":"bob"`, `guilds[0]: owner: there is no user "bob"`},
		"unknown parent":     {`"parent":"c"`, `"parent":"x"`, `channels[1]: parent`},
		"unknown bot":        {`"application":"Bot"`, `"application":"X"`, `bots[0]: application`},
		"unknown type":       {`"type":"category"`, `"type":"room"`, `channels[0]: type`},
		"wrong token":        {`{"name":"Bot"}`, `{"name":"Bot","bot_token":"x.y.z"}`, `applications[0]: bot_token`},
	} {
		bad, err := sandbox.ParseSeed([]byte(strings.Replace(good, c.from, c.to, 1)))
		if err == nil {
			_, err = sandbox.Start(t.Context(), sandbox.Config{Seed: bad})
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestS12SeedComesBack: what GET /_sandbox/seed tells makes the same world, and a reset goes back to it.
func TestS12SeedComesBack(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	res, err := http.Get(s.URL() + "/_sandbox/seed")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var raw json.RawMessage
	if err := json.NewDecoder(res.Body).Decode(&raw); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.ParseSeed(raw); err != nil {
		t.Errorf("the seed that is told cannot be read: %v", err)
	}
	b.must("POST", supportPath+"/messages", object{"content": "x"})
	if err := s.Client().Reset(t.Context()); err != nil {
		t.Fatalf("resetting: %v", err)
	}
	list, err := s.Client().User(sandbox.DemoRyanID).Messages(t.Context(), sandbox.DemoSupportID, 10)
	if err != nil || len(list) != 0 {
		t.Errorf("after the reset: %v, %v", list, err)
	}
	b.must("POST", supportPath+"/messages", object{"content": "x"})
}

// TestS12ManyGuilds: ten thousand servers start and answer.
func TestS12ManyGuilds(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{Seed: sandbox.GeneratedGuilds(10_000)})
	b := newRawBot(t, s)
	b.token = sandbox.GeneratedGuilds(1).Applications[0].BotToken
	if got := b.must("GET", "/gateway/bot", nil); got.at("shards") != 10.0 {
		t.Errorf("recommended: %s", got.raw)
	}
	if got := b.must("GET", "/users/@me/guilds", nil); len(got.body.([]any)) != 200 {
		t.Errorf("a page has %d guilds", len(got.body.([]any)))
	}
}

// TestS4AttachmentsExpire: an address works until its time is over, and only as it was signed.
func TestS4AttachmentsExpire(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{AttachmentTTL: time.Hour})
	m, err := s.Client().User(sandbox.DemoRyanID).Send(t.Context(), sandbox.DemoGeneralID, "", sandbox.Upload{Filename: "a b.txt", ContentType: "text/plain", Data: []byte("hello")})
	if err != nil || len(m.Attachments) != 1 || m.Attachments[0].Size != 5 {
		t.Fatalf("sending a file: %+v, %v", m, err)
	}
	address := m.Attachments[0].URL
	status := func(url string) int {
		res, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	if got := status(address); got != http.StatusOK {
		t.Errorf("the address answers %d", got)
	}
	if got := status(address[:len(address)-1]); got != http.StatusNotFound {
		t.Errorf("an address with a wrong signature answers %d", got)
	}
	if err := s.Client().Advance(t.Context(), 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := status(address); got != http.StatusNotFound {
		t.Errorf("an expired address answers %d", got)
	}
}

// TestS6Pages: the front page is HTML, a missing file is 404, and another version of the API is refused.
func TestS6Pages(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	for path, want := range map[string]int{"/": 200, "/missing.js": 404, "/api/v9/gateway": 400, "/api/gateway": 200, "/avatars/1/x.png": 200, "/_sandbox/nothing": 404} {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+path, nil)
		req.Header.Set("User-Agent", "DiscordBot (x, 1)")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s answers %d, want %d", path, res.StatusCode, want)
		}
	}
}

// TestAChannelsAddressOpensTheClient: what a program links to at Discord leads here, too.
func TestAChannelsAddressOpensTheClient(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/channels/10/20", nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusFound || answer.Header.Get("Location") != "/#/open/10/20" {
		t.Errorf("%d to %q", answer.StatusCode, answer.Header.Get("Location"))
	}
}
