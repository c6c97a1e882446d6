package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/gateway"
	disgo "github.com/disgoorg/snowflake/v2"

	"usher/internal/core/secret"
	"usher/internal/discord/clock"
	"usher/internal/discord/connect"
)

// Config is what a Bot needs.
type Config struct {
	Token   secret.Value
	APIURL  string // Discord's, or something that speaks it
	Version string // of Usher, for the User-Agent
	Log     *slog.Logger
	Now     func() time.Time
	Drain   time.Duration // how long work under way may take when told to stop
}

// intents are the events that Usher asks for.
const intents = gateway.IntentGuilds

// Bot is Usher's presence at Discord.
type Bot struct {
	connection *connect.Connection
	rooms      *Rooms
	site       string // where people see Discord
	doorman    *doorman
	drain      time.Duration
	fatal      chan error
	ready      atomic.Bool
}

// New finds Discord and prepares the connection; nothing is signed in before Serve. Errors are sentences that say what to do.
func New(ctx context.Context, c Config) (*Bot, error) {
	b := &Bot{rooms: &Rooms{acks: newAcknowledgements()}, drain: c.Drain, fatal: make(chan error, 1), doorman: &doorman{log: c.Log, slots: make(chan struct{}, workers), lanes: newLanes()}}
	connection, err := connect.New(ctx, connect.Options{
		Token: c.Token, Clock: clock.System(c.Now), Logger: c.Log, Rand: rand.Float64, APIURL: c.APIURL,
		UserAgent: userAgent(c.Version),
		Intents:   intents, Listeners: nil,
		Room: func(channel disgo.ID) bool { return b.rooms.isTicket(channel) },
		OnFatal: func(_ int, err error) {
			select {
			case b.fatal <- err:
			default: // the first reason is enough to stop
			}
		},
	})
	if err != nil {
		return nil, err
	}
	b.connection = connection
	b.site, _, _ = strings.Cut(c.APIURL, "/api")
	client := connection.Client
	b.rooms.rest, b.rooms.self, b.rooms.channel = client.Rest, client.ID, client.Caches.Channel
	b.rooms.permissions = func(guild disgo.ID) (discord.Permissions, bool) {
		member, ok := client.Caches.Member(guild, client.ID())
		if !ok {
			return 0, false
		}
		return client.Caches.MemberPermissions(member), true
	}
	b.doorman.rooms = b.rooms
	client.AddEventListeners(b.doorman)
	return b, nil
}

// Rooms makes tickets' channels and messages.
func (b *Bot) Rooms() *Rooms { return b.rooms }

// errNotReady is what Ready answers before sign-in and while the connection is lost.
var errNotReady = errors.New("not signed in at Discord")

// Ready is nil while the bot is signed in and hears events.
func (b *Bot) Ready() error {
	if !b.ready.Load() || !b.connection.Ready() {
		return errNotReady
	}
	return nil
}

// Serve signs in, calls ready, hears events and hands them to desk until ctx ends. Then it takes no more, lets what is under way finish
// within the drain time, and returns nil. Errors: the token or an intent is refused.
func (b *Bot) Serve(ctx context.Context, desk Desk, ready func()) error {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx)) // work goes on after ctx, for the drain time
	defer cancel()
	b.doorman.desk = desk
	b.doorman.work = func() context.Context { return work }
	err := b.connection.Open(ctx)
	switch {
	case err == nil:
		b.ready.Store(true)
		ready()
		b.doorman.busy.Go(func() { register(ctx, b.connection.Client.Rest, b.connection.Client.ApplicationID, b.doorman.log) })
		select {
		case <-ctx.Done():
		case err = <-b.fatal:
		}
	case ctx.Err() != nil:
		err = nil
	}
	b.ready.Store(false)
	return errors.Join(err, b.leave(work, cancel))
}

// leave ends the sessions so that nothing new comes in, lets the work under way finish within the drain time, and then ends the
// connection that it works with.
func (b *Bot) leave(work context.Context, cancel context.CancelFunc) error {
	closing, stop := context.WithTimeout(work, b.drain)
	defer stop()
	var sessions sync.WaitGroup
	for _, s := range b.connection.Shards() {
		sessions.Go(func() { s.Close(closing) })
	}
	sessions.Wait()
	err := b.connection.Dispatcher.Close(closing)
	done := make(chan struct{})
	go func() { b.doorman.busy.Wait(); close(done) }()
	select {
	case <-done:
	case <-closing.Done():
		cancel() // what is not done is finished by a sweep after the next start
		<-done
	}
	last, end := context.WithTimeout(context.WithoutCancel(work), b.drain)
	defer end()
	if err = errors.Join(err, b.connection.Close(last)); err != nil {
		return fmt.Errorf("leaving Discord: %w", err)
	}
	return nil
}
