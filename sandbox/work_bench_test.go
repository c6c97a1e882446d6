package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// workbench calls the sandbox's handler without a network, so that a benchmark measures the sandbox's own work alone.
type workbench struct {
	b       testing.TB
	s       *Server
	token   string
	app     ID
	channel ID
	user    ID
	events  chan began
}

// began is an interaction that the bot was told of.
type began struct {
	ID    string `json:"id"`
	Token string `json:"token"`
}

// newWorkbench starts a sandbox of many guilds with a bot on one shard of enough.
func newWorkbench(tb testing.TB, guilds int, cfg Config) *workbench {
	tb.Helper()
	cfg.Seed = GeneratedGuilds(guilds)
	cfg.RateLimits, cfg.IdentifyWindow = RateLimits{Off: true}, -1
	s, err := Start(tb.Context(), cfg)
	if err != nil {
		tb.Fatalf("starting: %v", err)
	}
	tb.Cleanup(func() { _ = s.Close(context.WithoutCancel(tb.Context())) })
	g := cfg.Seed.Guilds[0]
	w := &workbench{
		b: tb, s: s, app: cfg.Seed.Applications[0].ID, token: cfg.Seed.Applications[0].BotToken, channel: g.Channels[1].ID, user: cfg.Seed.Users[1].ID,
		events: make(chan began, 4096),
	}
	shards := guilds/1000 + 1
	w.listen(int(uint64(g.ID)>>22%uint64(shards)), shards)
	return w
}

// listen logs the bot in and hands on its interactions.
func (w *workbench) listen(shard, shards int) {
	ws, res, err := websocket.DefaultDialer.DialContext(w.b.Context(), w.s.GatewayURL()+"?v=10&encoding=json", nil)
	if err != nil {
		w.b.Fatalf("connecting: %v", err)
	}
	_ = res.Body.Close()
	w.b.Cleanup(func() { _ = ws.Close() })
	identify := fmt.Sprintf(`{"op":2,"d":{"token":%q,"intents":1,"shard":[%d,%d],"properties":{"os":"x","browser":"x","device":"x"}}}`, w.token, shard, shards)
	if err := ws.WriteMessage(websocket.TextMessage, []byte(identify)); err != nil {
		w.b.Fatalf("identifying: %v", err)
	}
	ready := make(chan struct{})
	go func() {
		defer close(w.events)
		created := 0
		for {
			_, frame, err := ws.ReadMessage()
			if err != nil {
				return
			}
			switch {
			case bytes.Contains(frame, []byte(`"t":"GUILD_CREATE"`)):
				if created++; created == 1 {
					close(ready)
				}
			case bytes.Contains(frame, []byte(`"t":"INTERACTION_CREATE"`)):
				var e struct {
					Data began `json:"d"`
				}
				if json.Unmarshal(frame, &e) == nil {
					w.events <- e.Data
				}
			}
		}
	}()
	<-ready
}

// call is one request through the whole of the sandbox but its network.
func (w *workbench) call(method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bot "+w.token)
	r.Header.Set("User-Agent", "DiscordBot (x, 1)")
	r.Header.Set("Content-Type", "application/json")
	out := httptest.NewRecorder()
	w.s.http.Handler.ServeHTTP(out, r)
	return out
}

// panel posts a message with a button and gives the body of a press.
func (w *workbench) panel() string {
	out := w.call(http.MethodPost, "/api/v10/channels/"+w.channel.String()+"/messages",
		`{"embeds":[{"title":"Help"}],"components":[{"type":1,"components":[{"type":2,"style":1,"label":"Open","custom_id":"open"}]}]}`)
	var m Message
	if err := json.Unmarshal(out.Body.Bytes(), &m); err != nil || m.ID == 0 {
		w.b.Fatalf("posting: %s", out.Body)
	}
	return fmt.Sprintf(`{"channel_id":%q,"message_id":%q,"custom_id":"open"}`, m.ChannelID, m.ID)
}

// BenchmarkInteraction measures a press and its deferred answer: the sandbox's own work for an interaction, the writing
// to the gateway's connection included, HTTP's network not.
func BenchmarkInteraction(b *testing.B) {
	for _, guilds := range []int{1, 10_000} {
		b.Run(fmt.Sprintf("%dguilds", guilds), func(b *testing.B) {
			w := newWorkbench(b, guilds, Config{})
			press, path := w.panel(), "/_sandbox/users/"+w.user.String()+"/press"
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					if out := w.call(http.MethodPost, path, press); out.Code != http.StatusOK {
						b.Errorf("pressing: %d %s", out.Code, out.Body)
						return
					}
					i := <-w.events
					out := w.call(http.MethodPost, "/api/v10/interactions/"+i.ID+"/"+i.Token+"/callback", `{"type":5,"data":{"flags":64}}`)
					if out.Code != http.StatusNoContent {
						b.Errorf("answering: %d %s", out.Code, out.Body)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "interactions/s")
		})
	}
}

// BenchmarkMessageWork measures one message by REST without its network.
func BenchmarkMessageWork(b *testing.B) {
	w := newWorkbench(b, 1, Config{})
	body := `{"content":"hello","embeds":[{"title":"t","description":"d"}],"components":[{"type":1,"components":[{"type":2,"style":1,"label":"l","custom_id":"c"}]}]}`
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if out := w.call(http.MethodPost, "/api/v10/channels/"+w.channel.String()+"/messages", body); out.Code != http.StatusOK {
				b.Errorf("posting: %d %s", out.Code, out.Body)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkStartGenerated measures the start with ten thousand servers.
func BenchmarkStartGenerated(b *testing.B) {
	seed := GeneratedGuilds(10_000)
	for b.Loop() {
		s, err := Start(b.Context(), Config{Seed: seed})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
