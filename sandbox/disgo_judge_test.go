//go:build !race

// The judge here is disgo as it is published. Its gateway has data races of its own (see the facts in the design
// notes), so this file is left out where the race detector runs.

package sandbox_test

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/disgoorg/disgo"
	"github.com/disgoorg/disgo/bot"
	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/events"
	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/disgo/rest"
	"github.com/disgoorg/omit"
	"github.com/disgoorg/snowflake/v2"

	"usher/sandbox"
)

// disgoBot is a ticket bot written against disgo as any user would write it.
type disgoBot struct {
	t       *testing.T
	client  *bot.Client
	ready   chan *events.GuildReady
	resumed chan struct{}
	failed  chan error
	opened  chan discord.GuildChannel
}

func startDisgo(t *testing.T, s *sandbox.Server) *disgoBot {
	t.Helper()
	b := &disgoBot{
		t: t, ready: make(chan *events.GuildReady, 1), resumed: make(chan struct{}, 1), failed: make(chan error, 8),
		opened: make(chan discord.GuildChannel, 1),
	}
	client, err := disgo.New(sandbox.DefaultSeed().Applications[0].BotToken,
		bot.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))),
		bot.WithRestClientConfigOpts(rest.WithURL(s.APIURL())),
		bot.WithGatewayConfigOpts(gateway.WithURL(s.GatewayURL()), gateway.WithIntents(gateway.IntentGuilds, gateway.IntentGuildMessages)),
		bot.WithEventListenerFunc(func(e *events.GuildReady) { b.ready <- e }),
		bot.WithEventListenerFunc(func(*events.Resumed) { b.resumed <- struct{}{} }),
		bot.WithEventListenerFunc(b.pressed),
	)
	if err != nil {
		t.Fatalf("making a disgo client: %v", err)
	}
	b.client = client
	if err := client.OpenGateway(t.Context()); err != nil {
		t.Fatalf("opening disgo's gateway: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		client.Close(ctx)
	})
	return b
}

// pressed opens a private channel, greets in it and tells the person.
func (b *disgoBot) pressed(e *events.ComponentInteractionCreate) {
	go func() {
		if err := b.open(e); err != nil {
			b.failed <- err
		}
	}()
}

func (b *disgoBot) open(e *events.ComponentInteractionCreate) error {
	if err := e.DeferCreateMessage(true); err != nil {
		return err
	}
	r := e.Client().Rest
	created, err := r.CreateGuildChannel(*e.GuildID(), discord.GuildTextChannelCreate{
		Name: "Ticket 1", ParentID: snowflake.ID(sandbox.DemoTicketsID),
		PermissionOverwrites: []discord.PermissionOverwrite{
			discord.RolePermissionOverwrite{RoleID: *e.GuildID(), Deny: discord.PermissionViewChannel},
			discord.MemberPermissionOverwrite{UserID: e.User().ID, Allow: discord.PermissionViewChannel | discord.PermissionSendMessages},
			discord.MemberPermissionOverwrite{UserID: e.ApplicationID(), Allow: discord.PermissionViewChannel | discord.PermissionSendMessages},
		},
	})
	if err != nil {
		return err
	}
	_, err = r.CreateMessage(created.ID(), discord.MessageCreate{
		Content: "<@" + e.User().ID.String() + ">", Embeds: []discord.Embed{{Title: "Welcome"}},
		Components: []discord.LayoutComponent{discord.NewActionRow(discord.NewDangerButton("Close", "close"))},
	})
	if err != nil {
		return err
	}
	_, err = r.UpdateInteractionResponse(e.ApplicationID(), e.Token(), discord.MessageUpdate{Content: omit.Ptr("Your ticket: <#" + created.ID().String() + ">")})
	b.opened <- created
	return err
}

func wait[T any](t *testing.T, b *disgoBot, what string, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case err := <-b.failed:
		t.Fatalf("the bot failed: %v", err)
	case <-time.After(10 * time.Second):
		t.Fatalf("no %s within ten seconds", what)
	}
	panic("unreachable")
}

func TestS13DisgoOpensATicket(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	b := startDisgo(t, s)
	if guild := wait(t, b, "guild", b.ready); guild.Guild.Name != "Ryan's Arcade" {
		t.Fatalf("guild %q arrived", guild.Guild.Name)
	}
	panel, err := b.client.Rest.CreateMessage(snowflake.ID(sandbox.DemoSupportID), discord.MessageCreate{
		Content:    "Need help?",
		Components: []discord.LayoutComponent{discord.NewActionRow(discord.NewPrimaryButton("Open a ticket", "open"))},
	})
	if err != nil {
		t.Fatalf("posting the panel: %v", err)
	}
	ryan, noor := s.Client().User(sandbox.DemoRyanID), s.Client().User(sandbox.DemoNoorID)
	got, err := ryan.Press(t.Context(), sandbox.Message{ChannelID: sandbox.DemoSupportID, ID: sandbox.ID(panel.ID)}, "open")
	if err != nil || got.State != sandbox.StateDeferred {
		t.Fatalf("pressing gave %+v, %v", got, err)
	}
	opened := wait(t, b, "ticket", b.opened)
	if opened.Name() != "ticket-1" {
		t.Errorf("the channel is called %q, want ticket-1", opened.Name())
	}
	list, err := ryan.Messages(t.Context(), sandbox.ID(opened.ID()), 10)
	if err != nil || len(list) != 1 || list[0].Embeds[0].Title != "Welcome" || list[0].Component("close") == nil {
		t.Errorf("Ryan sees %+v, %v", list, err)
	}
	if sees, err := noor.Sees(t.Context(), sandbox.ID(opened.ID())); sees || err != nil {
		t.Errorf("Noor sees the ticket: %v, %v", sees, err)
	}
	_, err = ryan.WaitMessage(t.Context(), sandbox.DemoSupportID, func(m sandbox.Message) bool {
		return m.Ephemeral() && m.Content == "Your ticket: <#"+opened.ID().String()+">"
	})
	if err != nil {
		t.Errorf("waiting for the ephemeral answer: %v", err)
	}
	noFindings(t, s)
}

func TestS13DisgoResumes(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	b := startDisgo(t, s)
	wait(t, b, "guild", b.ready)
	if err := s.Client().DisturbGateway(t.Context(), sandbox.GatewayFault{Do: "drop"}); err != nil {
		t.Fatalf("dropping the connection: %v", err)
	}
	wait(t, b, "resume", b.resumed)
	sessions, err := s.Client().GatewaySessions(t.Context())
	if err != nil || len(sessions) != 1 || sessions[0].Resumes != 1 || sessions[0].Identifies != 1 {
		t.Errorf("sessions: %+v, %v", sessions, err)
	}
}
