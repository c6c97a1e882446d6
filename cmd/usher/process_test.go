package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"usher/internal/store/postgrestest"
	"usher/sandbox"
)

// asUsher makes the test's own binary be the program: so the tests kill and ask a real process, with the race detector in it.
const asUsher = "USHER_TEST_BE_USHER"

func TestMain(m *testing.M) {
	if os.Getenv(asUsher) != "" {
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(postgrestest.Main(m))
}

// patience bounds every wait of these tests; nothing is measured by it.
const patience = time.Minute

// stage is a sandbox, an integration server and a database, for one Usher after another.
type stage struct {
	t       *testing.T
	ctx     context.Context
	sandbox *sandbox.Server
	client  *sandbox.Client
	ryan    *sandbox.Acting
	olga    *sandbox.Acting
	game    *gameServer
	dir     string
	env     []string
}

// gameServer is the guide's lookup, whose answer a test can replace.
type gameServer struct {
	*httptest.Server
	quit   chan struct{} // closed at the end of the test
	mu     sync.Mutex
	answer http.HandlerFunc
}

const guideAnswer = `{"online_status":"Online","user":{"username":"Ryan","account_created_year":2019,"scores":{"high_score":3000,"last_score":400}}}`

func (g *gameServer) set(answer http.HandlerFunc) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answer = answer
}

func (g *gameServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	answer := g.answer
	g.mu.Unlock()
	answer(w, r)
}

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
}

func newStage(t *testing.T) *stage {
	t.Helper()
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 3*patience)
	t.Cleanup(cancel)
	s, err := sandbox.Start(ctx, sandbox.Config{IdentifyWindow: -1, OpenAPI: description(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.WithoutCancel(ctx)) })
	game := &gameServer{quit: make(chan struct{})}
	game.Server = httptest.NewServer(game)
	game.set(text(guideAnswer))
	t.Cleanup(func() { close(game.quit); game.CloseClientConnections(); game.Close() })
	st := &stage{t: t, ctx: ctx, sandbox: s, client: s.Client(), game: game, dir: t.TempDir()}
	st.ryan, st.olga = st.client.User(sandbox.DemoRyanID), st.client.User(sandbox.DemoOlgaID)
	st.env = []string{
		"DISCORD_TOKEN=" + sandbox.DefaultSeed().Applications[0].BotToken, "DISCORD_API_URL=" + s.APIURL(),
		"DATABASE_URL=sqlite:" + filepath.Join(st.dir, "usher.sqlite"), "USHER_KEYS_FILE=" + filepath.Join(st.dir, "usher.keys"),
		"USHER_FILES=" + filepath.Join(st.dir, "files"),
		"USHER_LISTEN=127.0.0.1:0", "USHER_EGRESS_ALLOW_NETWORKS=127.0.0.1/32", "USHER_LOG_FORMAT=json",
	}
	return st
}

// description is Discord's own, by which the sandbox then checks every call and answer; where it is missing the tests go on without.
func description(t *testing.T) []byte {
	path := os.Getenv("USHER_DISCORD_OPENAPI")
	if path == "" {
		path = filepath.Join("..", "..", "..", "shared", "discord", "openapi.json")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Logf("WITHOUT Discord's OpenAPI description (set USHER_DISCORD_OPENAPI): calls are not checked against it: %v", err)
		return nil
	}
	return text
}

// setup is a set-up file with a lookup, and a second integration at other.
func (st *stage) setup(other string) string {
	file := map[string]any{
		"guild": sandbox.DemoGuildID, "administrator": sandbox.DemoOlgaID, "staff_roles": []any{sandbox.DemoStaffRoleID}, "category": sandbox.DemoTicketsID,
		"integrations": []any{
			map[string]any{
				"name": "Game", "description": "Scores", "method": "GET", "url": st.game.URL + "/lookup?user=%user_id%&key=%api_key%",
				"secrets": []any{map[string]any{"name": "api_key"}}, "secret_values": map[string]any{"api_key": "sesame-open"},
				"placeholders": []any{
					map[string]any{"name": "online_status", "path": "online_status"},
					map[string]any{"name": "high_score", "path": "user.scores.high_score", "fallback": "none yet"},
				},
			},
			map[string]any{
				"name": "Other", "description": "Another", "method": "POST", "url": other,
				"placeholders": []any{map[string]any{"name": "other", "path": "value"}},
			},
		},
		"panels": []any{map[string]any{
			"name": "Support", "channel": sandbox.DemoSupportID, "post": map[string]any{"content": "Need help?"}, "button": map[string]any{"label": "Open a ticket"},
			"welcome": map[string]any{"embed": map[string]any{
				"title": "Hello %nickname%", "description": "User online status: %online_status%\nHigh score: %high_score%\nOther: %other%",
			}},
		}},
	}
	raw, err := json.Marshal(file)
	if err != nil {
		st.t.Fatal(err)
	}
	path := filepath.Join(st.dir, "setup.json")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		st.t.Fatal(err)
	}
	return path
}

// apply runs `usher apply` and wants it to succeed.
func (st *stage) apply(path string) {
	st.t.Helper()
	out, err := st.command("apply", path).CombinedOutput()
	if err != nil {
		st.t.Fatalf("apply: %v\n%s", err, out)
	}
}

func (st *stage) command(args ...string) *exec.Cmd {
	c := exec.CommandContext(st.ctx, os.Args[0], args...)
	c.Env = append([]string{asUsher + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + st.dir}, st.env...)
	return c
}

// process is a running `usher serve`.
type process struct {
	st     *stage
	cmd    *exec.Cmd
	log    *journal
	exited chan error
}

// journal is what a process writes, safe to read meanwhile.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// serve starts Usher and waits until it is ready.
func (st *stage) serve() *process {
	st.t.Helper()
	p := &process{st: st, cmd: st.command("serve"), log: &journal{}, exited: make(chan error, 1)}
	p.cmd.Stderr = p.log
	if err := p.cmd.Start(); err != nil {
		st.t.Fatal(err)
	}
	go func() { p.exited <- p.cmd.Wait() }()
	st.t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		if st.t.Failed() {
			st.t.Logf("log of usher:\n%s", p.log)
		}
		if strings.Contains(p.log.String(), "DATA RACE") {
			st.t.Errorf("usher has a data race:\n%s", p.log)
		}
	})
	st.until("usher to be ready", func() bool { return strings.Contains(p.log.String(), `"msg":"ready"`) })
	return p
}

// until waits for something that has no event of its own.
func (st *stage) until(what string, done func() bool) {
	st.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline.C:
			st.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// kill ends the process as a power cut does.
func (p *process) kill() {
	p.st.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		p.st.t.Fatal(err)
	}
	<-p.exited
}

// stop asks the process to end and wants it to say goodbye properly.
func (p *process) stop() {
	p.st.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.st.t.Fatal(err)
	}
	select {
	case err := <-p.exited:
		if err != nil {
			p.st.t.Errorf("stopped with %v", err)
		}
	case <-time.After(patience):
		p.st.t.Error("it does not stop")
	}
}

// panel is the posted panel's message.
func (st *stage) panel() sandbox.Message {
	st.t.Helper()
	m, err := st.ryan.WaitMessage(st.ctx, sandbox.DemoSupportID, func(m sandbox.Message) bool { return len(m.Components) > 0 })
	if err != nil {
		st.t.Fatal(err)
	}
	return m
}

// press opens a ticket as Ryan without waiting for what becomes of it.
func (st *stage) press() sandbox.Interaction {
	st.t.Helper()
	m := st.panel()
	i, err := st.ryan.PressNow(st.ctx, m, m.Components[0].Components[0].CustomID)
	if err != nil {
		st.t.Fatal(err)
	}
	return i
}

// tickets are the ticket channels that the owner sees.
func (st *stage) tickets() []sandbox.Channel {
	st.t.Helper()
	view, err := st.olga.View(st.ctx)
	if err != nil {
		st.t.Fatal(err)
	}
	var found []sandbox.Channel
	for _, c := range view.Guilds[0].Channels {
		if strings.HasPrefix(c.Name.V, "ticket-") {
			found = append(found, c)
		}
	}
	return found
}

// welcomes are the messages with a close button in a channel.
func (st *stage) welcomes(channel sandbox.ID) []sandbox.Message {
	st.t.Helper()
	all, err := st.olga.Messages(st.ctx, channel, 100)
	if err != nil {
		st.t.Fatal(err)
	}
	var found []sandbox.Message
	for _, m := range all {
		if m.Component("usher:close") != nil {
			found = append(found, m)
		}
	}
	return found
}

// reply waits for the ephemeral answer to Ryan's press that fits.
func (st *stage) reply(fits func(content string) bool) string {
	st.t.Helper()
	var last string
	st.until("an ephemeral reply that fits", func() bool {
		all, err := st.ryan.Messages(st.ctx, sandbox.DemoSupportID, 10)
		if err != nil {
			st.t.Fatal(err)
		}
		for _, m := range all {
			if m.Ephemeral() {
				last = m.Content
				return fits(m.Content)
			}
		}
		return false
	})
	return last
}

var ticketLink = regexp.MustCompile(`^Your ticket: <#(\d+)>$`)

// opened waits for the whole of a ticket and gives its channel and welcome message.
func (st *stage) opened(fits func(description string) bool) (sandbox.Channel, sandbox.Message) {
	st.t.Helper()
	reply := st.reply(ticketLink.MatchString)
	var m sandbox.Message
	st.until("the welcome message", func() bool {
		for _, c := range st.tickets() {
			for _, w := range st.welcomes(c.ID) {
				m = w
				if fits(w.Embeds[0].Description) {
					return true
				}
			}
		}
		return false
	})
	all := st.tickets()
	if len(all) != 1 || reply != fmt.Sprintf("Your ticket: <#%s>", all[0].ID) {
		st.t.Fatalf("%d ticket channels, reply %q", len(all), reply)
	}
	if n := len(st.welcomes(all[0].ID)); n != 1 {
		st.t.Fatalf("%d welcome messages", n)
	}
	return all[0], m
}

// faultless wants the sandbox to have found nothing wrong with our calls, and nobody to have been pinged.
func (st *stage) faultless() {
	st.t.Helper()
	findings, err := st.client.Findings(st.ctx)
	if err != nil {
		st.t.Fatal(err)
	}
	for _, f := range findings {
		st.t.Errorf("the sandbox found: %+v", f)
	}
	pings, err := st.client.Pings(st.ctx)
	if err != nil {
		st.t.Fatal(err)
	}
	for _, p := range pings {
		if p.AuthorID == sandbox.DemoApplicationID {
			st.t.Errorf("somebody was pinged: %+v", p)
		}
	}
}

// call asks Discord as the bot's token may.
func (st *stage) call(method, path, body string) string {
	st.t.Helper()
	request, err := http.NewRequestWithContext(st.ctx, method, st.sandbox.APIURL()+path, strings.NewReader(body))
	if err != nil {
		st.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bot "+sandbox.DefaultSeed().Applications[0].BotToken)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "DiscordBot (https://example.com, 1)")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		st.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= http.StatusBadRequest {
		st.t.Fatalf("%s %s: %s, %v: %s", method, path, answer.Status, err, text)
	}
	return string(text)
}
