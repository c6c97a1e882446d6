//go:build !race

package sandbox_test

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/disgoorg/disgo"
	"github.com/disgoorg/disgo/bot"
	"github.com/disgoorg/disgo/cache"
	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/events"
	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/disgo/rest"
	"github.com/disgoorg/snowflake/v2"

	"usher/sandbox"
)

const (
	demoGuild   = snowflake.ID(sandbox.DemoGuildID)
	demoApp     = snowflake.ID(sandbox.DemoApplicationID)
	demoSupport = snowflake.ID(sandbox.DemoSupportID)
	demoGeneral = snowflake.ID(sandbox.DemoGeneralID)
	demoTickets = snowflake.ID(sandbox.DemoTicketsID)
	demoStaff   = snowflake.ID(sandbox.DemoStaffRoleID)
	demoRyan    = snowflake.ID(sandbox.DemoRyanID)
	demoMia     = snowflake.ID(sandbox.DemoMiaID)
)

// judge is a disgo client that hands every event to the test, in order.
type judge struct {
	t      *testing.T
	s      *sandbox.Server
	client *bot.Client
	rest   rest.Rest
	events chan bot.Event
	ryan   *sandbox.Acting
}

// OnEvent makes the judge a listener to everything.
func (j *judge) OnEvent(e bot.Event) { j.events <- e }

// newJudge starts a sandbox without rate limits and a disgo bot with all intents that waits for its guild.
func newJudge(t *testing.T, opts ...gateway.ConfigOpt) *judge {
	t.Helper()
	return newJudgeWith(t, sandbox.Config{}, opts...)
}

// newJudgeWith is newJudge with settings of the sandbox.
func newJudgeWith(t *testing.T, cfg sandbox.Config, opts ...gateway.ConfigOpt) *judge {
	t.Helper()
	cfg.RateLimits.Off, cfg.IdentifyWindow = true, -1
	s := start(t, cfg)
	opts = append([]gateway.ConfigOpt{gateway.WithURL(s.GatewayURL()), gateway.WithIntents(gateway.IntentsAll)}, opts...)
	j := newJudgeOn(t, s, sandbox.DefaultSeed().Applications[0].BotToken, bot.WithGatewayConfigOpts(opts...))
	if err := j.client.OpenGateway(t.Context()); err != nil {
		t.Fatalf("opening disgo's gateway: %v", err)
	}
	next[*events.GuildReady](j)
	return j
}

// newJudgeOn makes a client for a token; it is not connected yet.
func newJudgeOn(t *testing.T, s *sandbox.Server, token string, opts ...bot.ConfigOpt) *judge {
	t.Helper()
	j := &judge{t: t, s: s, events: make(chan bot.Event, 1<<16), ryan: s.Client().User(sandbox.DemoRyanID)}
	client, err := disgo.New(token, append([]bot.ConfigOpt{
		bot.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))),
		bot.WithRestClientConfigOpts(rest.WithURL(s.APIURL())),
		bot.WithCacheConfigOpts(cache.WithCaches(cache.FlagsAll)),
		bot.WithEventListeners(j),
	}, opts...)...)
	if err != nil {
		t.Fatalf("making a disgo client: %v", err)
	}
	j.client, j.rest = client, client.Rest
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		client.Close(ctx)
	})
	return j
}

// next waits for the next event of this type; others are passed over.
func next[E bot.Event](j *judge) E {
	j.t.Helper()
	deadline := time.After(15 * time.Second)
	for {
		select {
		case e := <-j.events:
			if wanted, ok := e.(E); ok {
				return wanted
			}
		case <-deadline:
			var zero E
			j.t.Fatalf("no %T within fifteen seconds", zero)
		}
	}
}

// grant gives the bot's role permissions that the demo's bot lacks.
func (j *judge) grant(names ...string) {
	j.t.Helper()
	for _, name := range names {
		err := j.s.Client().Administer(j.t.Context(), sandbox.Order{
			Do: "add_permission", GuildID: sandbox.DemoGuildID, UserID: sandbox.DemoApplicationID, Permission: name,
		})
		j.ok("granting "+name, err)
	}
}

// ok fails the test at once on an error.
func (j *judge) ok(doing string, err error) {
	j.t.Helper()
	if err != nil {
		j.t.Fatalf("%s: %v", doing, err)
	}
}

// got fails the test at once on an error and gives the value otherwise.
func got[T any](v T, err error) func(j *judge, doing string) T {
	return func(j *judge, doing string) T {
		j.t.Helper()
		j.ok(doing, err)
		return v
	}
}

// same compares what arrived with what was meant.
func same[T comparable](j *judge, what string, have, want T) {
	j.t.Helper()
	if have != want {
		j.t.Errorf("%s is %v, want %v", what, have, want)
	}
}

// acted is what a person's act came to.
type acted struct {
	interaction sandbox.Interaction
	err         error
}

// act lets a person act while the test answers for the bot.
func (j *judge) act(do func() (sandbox.Interaction, error)) <-chan acted {
	done := make(chan acted, 1)
	go func() {
		i, err := do()
		done <- acted{i, err}
	}()
	return done
}

// reached waits for the state that the person's act came to.
func (j *judge) reached(done <-chan acted, want string) sandbox.Interaction {
	j.t.Helper()
	out := <-done
	j.ok("acting", out.err)
	if string(out.interaction.State) != want {
		j.t.Errorf("the person sees %q (%s), want %q", out.interaction.State, out.interaction.Failure, want)
	}
	return out.interaction
}

// panel posts a message with components and gives it as people address it.
func (j *judge) panel(components ...discord.LayoutComponent) sandbox.Message {
	j.t.Helper()
	m := got(j.rest.CreateMessage(demoSupport, discord.MessageCreate{Content: "panel", Components: components}))(j, "posting the panel")
	return sandbox.Message{ID: sandbox.ID(m.ID), ChannelID: sandbox.DemoSupportID}
}

// seenBy finds a message that a person sees in the support channel.
func (j *judge) seenBy(u *sandbox.Acting, content string) (sandbox.Message, bool) {
	j.t.Helper()
	list := got(u.Messages(j.t.Context(), sandbox.DemoSupportID, 50))(j, "reading as a person")
	for _, m := range list {
		if strings.Contains(m.Content, content) {
			return m, true
		}
	}
	return sandbox.Message{}, false
}
