package connect_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/disgoorg/disgo/bot"
	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/events"
	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/disgo/rest"
	"github.com/disgoorg/snowflake/v2"
	"github.com/google/go-cmp/cmp"

	"usher/internal/core/secret"
	"usher/internal/discord/clock"
	"usher/internal/discord/connect"
	"usher/internal/discord/gatewayconn"
	"usher/sandbox"
)

// local is a bot of ours in a sandbox Discord.
type local struct {
	t        *testing.T
	url      string
	conn     *connect.Connection
	heard    chan string // contents of Ryan's messages
	statuses chan gatewayconn.StatusChange
	ctx      context.Context
}

func newLocal(t *testing.T) *local {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	server, err := sandbox.Start(ctx, sandbox.Config{IdentifyWindow: -1})
	if err != nil {
		t.Fatal(err)
	}
	l := &local{t: t, url: server.URL(), heard: make(chan string, 100), statuses: make(chan gatewayconn.StatusChange, 100), ctx: ctx}
	o := connect.Options{
		Token: secret.New(sandbox.DefaultSeed().Applications[0].BotToken), Clock: clock.System(time.Now), Rand: func() float64 { return 0.5 },
		Logger: slog.New(slog.DiscardHandler), APIURL: server.APIURL(),
		Intents:  gateway.IntentGuilds | gateway.IntentGuildMessages | gateway.IntentMessageContent,
		OnStatus: func(s gatewayconn.StatusChange) { l.statuses <- s },
		Gateway:  gatewayconn.Options{BackoffMin: time.Millisecond, BackoffMax: 5 * time.Millisecond, FreshMin: time.Millisecond, FreshMax: 5 * time.Millisecond},
		Listeners: []bot.EventListener{bot.NewListenerFunc(func(e *events.GuildMessageCreate) {
			if uint64(e.Message.Author.ID) == uint64(sandbox.DemoRyanID) {
				l.heard <- e.Message.Content
			}
		})},
	}
	if l.conn, err = connect.New(ctx, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.conn.Close(ctx); err != nil {
			t.Errorf("closing the connection: %v", err)
		}
		if err := server.Close(ctx); err != nil {
			t.Errorf("closing the sandbox: %v", err)
		}
	})
	if err := l.conn.Open(ctx); err != nil {
		t.Fatal(err)
	}
	l.until(gateway.StatusReady)
	return l
}

// control calls the sandbox's control API.
func (l *local) control(method, path string, body any, into any) {
	l.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		l.t.Fatal(err)
	}
	rq, err := http.NewRequestWithContext(l.ctx, method, l.url+"/_sandbox"+path, bytes.NewReader(data))
	if err != nil {
		l.t.Fatal(err)
	}
	rq.Header.Set("Content-Type", "application/json")
	rs, err := http.DefaultClient.Do(rq)
	if err != nil {
		l.t.Fatal(err)
	}
	defer rs.Body.Close()
	var answer bytes.Buffer
	_, _ = answer.ReadFrom(rs.Body)
	if rs.StatusCode >= 300 {
		l.t.Fatalf("%s %s: %s %s", method, path, rs.Status, &answer)
	}
	if into != nil {
		if err := json.Unmarshal(answer.Bytes(), into); err != nil {
			l.t.Fatalf("%s %s: %v in %s", method, path, err, &answer)
		}
	}
}

// say lets Ryan write in #general.
func (l *local) say(content string) {
	l.t.Helper()
	l.control("POST", fmt.Sprintf("/users/%s/messages", sandbox.DemoRyanID), map[string]any{"channel_id": sandbox.DemoGeneralID.String(), "content": content}, nil)
}

func (l *local) disturb(what string) {
	l.t.Helper()
	l.control("POST", "/gateway/faults", map[string]any{"do": what}, nil)
}

func (l *local) hear(want ...string) {
	l.t.Helper()
	var got []string
	for range want {
		select {
		case content := <-l.heard:
			got = append(got, content)
		case <-l.ctx.Done():
			l.t.Fatalf("heard only %v of %v", got, want)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		l.t.Fatalf("heard (-want +got):\n%s", diff)
	}
}

func (l *local) until(status gateway.Status) {
	l.t.Helper()
	for {
		select {
		case s := <-l.statuses:
			if s.Status == status {
				return
			}
		case <-l.ctx.Done():
			l.t.Fatalf("status %s did not come", status)
		}
	}
}

func TestSandboxSessionSurvivesWhatHappens(t *testing.T) {
	l := newLocal(t)
	l.say("hello")
	l.hear("hello")
	for i, fault := range []string{"drop", "reconnect", "invalid_session_resumable", "close"} {
		l.disturb(fault)
		missed := []string{fault + " 1", fault + " 2", fault + " 3"}
		for _, m := range missed { // some of these come while nobody is connected
			l.say(m)
		}
		l.hear(missed...)
		l.until(gateway.StatusReady)
		if s := l.conn.Shards()[0].Stats(); s.Identified != 1 || s.Resumed != i+1 {
			t.Fatalf("after %s: %+v, want one login and %d resumes", fault, s, i+1)
		}
	}
	for _, fault := range []string{"unparseable", "broken_frame", "unknown_event"} {
		l.disturb(fault)
		l.say("after " + fault)
		l.hear("after " + fault)
	}
	s := l.conn.Shards()[0].Stats()
	if s.Unparseable != 2 || s.Unknown < 1 || s.Lost != 4 {
		t.Errorf("stats %+v, want two unparseable events, an unknown one, and no connection lost over them", s)
	}
	l.disturb("drop") // the sequence went on past the poison
	l.say("at last")
	l.hear("at last")
	if s := l.conn.Shards()[0].Stats(); s.Unparseable > 3 || s.Identified != 1 {
		t.Errorf("stats %+v: the unparseable events came again", s)
	}
}

func TestSandboxInvalidSessionIsReplaced(t *testing.T) {
	l := newLocal(t)
	l.disturb("invalid_session")
	l.until(gateway.StatusDisconnected)
	l.until(gateway.StatusReady)
	l.say("hello again")
	l.hear("hello again")
	if s := l.conn.Shards()[0].Stats(); s.Identified != 2 || s.Resumed != 0 {
		t.Errorf("stats %+v, want a second login", s)
	}
}

func TestSandboxBurstOfChannelsDrawsNo429(t *testing.T) {
	l := newLocal(t)
	const burst = 20
	l.control("POST", "/faults", map[string]any{
		"match": map[string]any{"method": "POST", "route": "/guilds/{guild_id}/channels"}, "do": map[string]any{"delay": "300ms"},
	}, nil)
	var all sync.WaitGroup
	failures := make(chan error, burst)
	for i := range burst {
		all.Go(func() {
			_, err := l.conn.Client.Rest.CreateGuildChannel(snowflake.ID(sandbox.DemoGuildID), discord.GuildTextChannelCreate{Name: fmt.Sprintf("ticket-%d", i)}, rest.WithCtx(l.ctx))
			failures <- err
		})
	}
	all.Wait()
	close(failures)
	for err := range failures {
		if err != nil {
			t.Error(err)
		}
	}
	var calls []struct {
		Status   int `json:"status"`
		InFlight int `json:"in_flight"`
	}
	l.control("GET", "/witness/calls?method=POST", nil, &calls)
	together := 0
	for _, c := range calls {
		together = max(together, c.InFlight)
		if c.Status == http.StatusTooManyRequests {
			t.Error("the sandbox had to refuse a call of the burst")
		}
	}
	if len(calls) != burst || together < burst/2 {
		t.Errorf("%d calls, at most %d together, want %d of which most fly together", len(calls), together, burst)
	}
}

func TestSandboxGlobalLimitIsWaitedOut(t *testing.T) {
	l := newLocal(t)
	l.control("POST", "/faults", map[string]any{
		"match": map[string]any{"method": "POST", "route": "/channels/{channel_id}/messages"}, "times": 1,
		"do": map[string]any{"rate_limit": "global", "headers": map[string]string{"Retry-After": "1"}},
	}, nil)
	if _, err := l.conn.Client.Rest.CreateMessage(snowflake.ID(sandbox.DemoGeneralID), discord.MessageCreate{Content: "after the limit"}, rest.WithCtx(l.ctx)); err != nil {
		t.Fatal(err)
	}
	var calls []struct {
		Status int `json:"status"`
	}
	l.control("GET", "/witness/calls?method=POST", nil, &calls)
	var statuses []int
	for _, c := range calls {
		statuses = append(statuses, c.Status)
	}
	if !slices.Equal(statuses, []int{http.StatusTooManyRequests, http.StatusOK}) {
		t.Errorf("statuses %v, want one refusal and then success", statuses)
	}
}

func TestSandboxRefusesAnotherToken(t *testing.T) {
	server, err := sandbox.Start(testContext(t), sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	token := sandbox.DefaultSeed().Applications[0].BotToken
	_, err = connect.New(testContext(t), connect.Options{
		Token: secret.New(strings.Replace(token, ".", ".sesame", 1)), Clock: clock.System(time.Now), Rand: func() float64 { return 0.5 }, Logger: slog.New(slog.DiscardHandler), APIURL: server.URL(),
	})
	wantToken(t, err, true)
	if err := server.Close(testContext(t)); err != nil {
		t.Error(err)
	}
}
