//go:build !race

package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/disgoorg/disgo"
	disgobot "github.com/disgoorg/disgo/bot"
	"github.com/disgoorg/disgo/events"
	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/disgo/rest"
)

// An unmodified disgo logs in, receives events, loses its connection and
// resumes (S-13). Not under the race detector: disgo's own gateway has races.
func TestS13DisgoLogsInAndResumes(t *testing.T) {
	for name, compression := range map[string]gateway.CompressionType{
		"none":        gateway.CompressionNone,
		"payload":     gateway.CompressionZlibPayload,
		"zlib-stream": gateway.CompressionZlibStream,
		"zstd-stream": gateway.CompressionZstdStream,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // disgo sleeps a second at each connection
			disgoWalk(t, compression)
		})
	}
}

func disgoWalk(t *testing.T, compression gateway.CompressionType) {
	b := newBench(t, newWorld(guildA, guildB), func(c *Config) { c.Clock = nil })
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(b.BotInfo(App{ID: botID}))
	}))
	t.Cleanup(api.Close)
	got := make(chan string, 16)
	client, err := disgo.New(botToken,
		disgobot.WithLogger(slog.New(slog.DiscardHandler)),
		disgobot.WithRestClientConfigOpts(rest.WithURL(api.URL)),
		disgobot.WithGatewayConfigOpts(
			gateway.WithURL(b.url),
			gateway.WithCompression(compression),
			gateway.WithIntents(gateway.IntentGuilds|gateway.IntentGuildMessages|gateway.IntentMessageContent),
		),
		disgobot.WithEventListenerFunc(func(e *events.Ready) { got <- "ready " + e.User.Username }),
		disgobot.WithEventListenerFunc(func(e *events.GuildReady) { got <- "guild " + e.GuildID.String() }),
		disgobot.WithEventListenerFunc(func(e *events.MessageCreate) { got <- "message " + e.Message.Content }),
		disgobot.WithEventListenerFunc(func(*events.Resumed) { got <- "resumed" }),
	)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	defer client.Close(ctx)
	if err := client.OpenGateway(ctx); err != nil {
		t.Fatal(err)
	}
	expect := func(want string) {
		t.Helper()
		select {
		case event := <-got:
			if event != want {
				t.Fatalf("disgo told %q, want %q", event, want)
			}
		case <-time.After(patience):
			t.Fatalf("disgo never told %q", want)
		}
	}
	say := func(text string) {
		b.Publish(Event{
			Type: "MESSAGE_CREATE", GuildID: guildA, Intents: IntentGuildMessages,
			Data: json.RawMessage(fmt.Sprintf(`{"id":"5","channel_id":"6","guild_id":"%d","content":%q,"type":0,
				"author":{"id":"7","username":"ryan","discriminator":"0"},"timestamp":"2026-01-02T03:04:05Z"}`, guildA, text)),
		})
	}
	expect("ready bot")
	expect(fmt.Sprint("guild ", guildA))
	expect(fmt.Sprint("guild ", guildB))
	say("hello")
	expect("message hello")
	b.fault(Fault{Kind: FaultDrop})
	b.disconnected()
	say("missed")
	expect("message missed")
	expect("resumed")
	say("again")
	expect("message again")
	if s := b.Sessions(); len(s) != 1 || s[0].Resumes != 1 {
		t.Errorf("witness tells %+v, want one session resumed once", s)
	}
}
