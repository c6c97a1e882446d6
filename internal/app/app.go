// Package app puts the rooms together: it is the only one that knows them all. Start with [New]; [App.Serve] runs until told to stop.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"usher/internal/blob"
	"usher/internal/config"
	"usher/internal/core/bloxlink"
	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/guild"
	"usher/internal/core/integration"
	"usher/internal/core/keyring"
	"usher/internal/core/panel"
	"usher/internal/core/secret"
	"usher/internal/core/tag"
	"usher/internal/core/ticket"
	"usher/internal/discord"
	"usher/internal/egress"
	"usher/internal/logo"
	"usher/internal/store"
)

// Times that no setting changes yet.
const (
	snapshotLife  = 30 * time.Second // how old a guild's cached settings may be after a change by another process
	snapshotCount = 10_000           // guilds
	tagCount      = 1_000            // guilds whose tags are kept at hand
	sweepEvery    = 10 * time.Second
	patience      = 20 * time.Second // for one opening or closing
	drain         = 10 * time.Second // for work under way when told to stop
	startTime     = 30 * time.Second // for database and sign-in at start
)

// App is a whole Usher.
type App struct {
	config    config.Config
	log       *slog.Logger
	store     *store.DB
	bot       *discord.Bot
	desk      *ticket.Desk
	guilds    *guild.Registry
	board     *panel.Board
	forms     *form.Cabinet
	tags      *tag.Book
	catalog   *integration.Catalog
	values    *integration.Resolver
	journal   *integration.Journal
	limits    integration.Limits
	wayOut    wayOut
	blobs     *blob.Directory
	logos     *logo.Keeper
	logoWay   logoWay
	bloxlink  *bloxlink.Source
	robloxKey secret.Value
	keys      keyring.Ring
	people    people
}

// Role says what an App is made for.
type Role uint8

// The roles.
const (
	Server Role = iota // serves: the only one on an SQLite file
	Tool               // a command that works beside a server, or without one
)

// New opens what the configuration names: database (brought up to date), keys, way out, and the connection to Discord, which is not
// started. Errors are one line each that says what to do. Close it in any case where there is no error.
func New(ctx context.Context, c config.Config, version string, role Role, log *slog.Logger) (*App, error) {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	token, err := c.Discord.BotToken()
	if err != nil {
		return nil, err
	}
	if err := makeFolders(c); err != nil {
		return nil, err
	}
	a := &App{config: c, log: log, limits: integration.Limits(c.Integrations)}
	if a.robloxKey, err = c.Bloxlink.APIKey(); err != nil {
		return nil, err
	}
	if err := a.openWaysOut(version); err != nil {
		return nil, err
	}
	if a.blobs, err = blob.Open(c.Files); err != nil {
		return nil, about("USHER_FILES", err)
	}
	a.logos = logo.NewKeeper(a.logoWay, a.blobs)
	if a.store, err = store.Open(ctx, store.Config{URL: c.Database, Logger: log, Exclusive: role == Server}); err != nil {
		return nil, errors.Join(err, a.blobs.Close())
	}
	if err := a.store.Migrate(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	sealer, err := openVault(ctx, c.Keys, a.store.Sealed(), log)
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	a.keys = sealer
	a.bot, err = discord.New(ctx, discord.Config{Token: token, APIURL: c.Discord.APIURL, Version: version, Log: log, Now: time.Now, Drain: drain})
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	if err := a.wire(sealer); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	if a.people, err = a.wirePeople(sealer, version); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// openWaysOut makes the ways out of integrations and of logos.
func (a *App) openWaysOut(version string) error {
	cfg, err := wayOutConfig(a.config.Egress, version)
	if err != nil {
		return err
	}
	out, err := egress.New(cfg)
	if err != nil {
		return fmt.Errorf("the way out for integrations: %w", err)
	}
	a.wayOut = wayOut{client: out, seen: &outcomes{}}
	if a.logoWay, err = newLogoWay(cfg, wait); err != nil {
		return fmt.Errorf("the way out for logos: %w", err)
	}
	return nil
}

// wire makes core's services over the rooms.
func (a *App) wire(sealer secret.Sealer) error {
	integrations := a.store.Integrations()
	snapshot := guild.NewCache(snapshots(a.store.Guilds(), a.store.Panels(), a.store.Forms()), time.Now, snapshotLife, snapshotCount)
	active := guild.NewCache(integrations.Active, time.Now, snapshotLife, snapshotCount)
	a.forms = &form.Cabinet{Store: a.store.Forms(), NewID: func() form.ID { return form.ID(newID()) }, Now: time.Now, Changed: snapshot.Forget}
	tags := guild.NewCache(a.store.Tags().Tags, time.Now, snapshotLife, tagCount)
	a.tags = &tag.Book{Store: a.store.Tags(), NewID: func() tag.ID { return tag.ID(newID()) }, Now: time.Now, Changed: tags.Forget}
	a.guilds = &guild.Registry{Store: a.store.Guilds(), Now: time.Now, Changed: snapshot.Forget}
	a.board = &panel.Board{Store: a.store.Panels(), Poster: a.bot.Rooms(), NewID: func() panel.ID { return panel.ID(newID()) }, Now: time.Now, Changed: snapshot.Forget}
	signer := &integration.Signer{Store: integrations, Sealer: sealer, Random: rand.Reader, Now: time.Now}
	a.catalog = &integration.Catalog{
		Store: integrations, Activations: integrations, Listing: integrations, Sealer: sealer, Signer: signer, Fetcher: a.wayOut, Guard: a.wayOut,
		Limits: a.limits, BuiltIn: builtIn(), Now: time.Now, Changed: active.Forget,
		NewID: func() integration.ID { return integration.ID(newID()) },
	}
	if err := a.newResolver(active, sealer, signer); err != nil {
		return err
	}
	a.bloxlink = bloxlink.New(bloxlink.Parts{
		Fetcher: bloxlinkWay{a.wayOut.client}, Store: a.store.Bloxlink(), Sealer: sealer, Operator: a.robloxKey, Now: time.Now, Log: a.log,
	})
	a.desk = &ticket.Desk{
		Store: a.store.Tickets(), Holdings: a.store.Tickets(), Contacts: a.store.Tickets(), Forms: a.store.Forms(), Rooms: a.bot.Rooms(), Values: a.ticketValues(),
		Guilds: snapshot, Tags: tags, Sealer: sealer, Log: a.log, Now: time.Now, Grace: a.config.Grace, Patience: patience, Wait: wait,
	}
	return nil
}

// ticketValues are the live values of tickets' messages.
func (a *App) ticketValues() ticket.Values {
	return withBloxlink{integrations: liveValues{a.values}, source: a.bloxlink}
}

// newID is a random id of 26 characters of [a-z2-7].
func newID() string { return strings.ToLower(rand.Text()) }

// wait sleeps for d or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// makeFolders makes the folders of the files that the first start makes; nobody else may look into them.
func makeFolders(c config.Config) error {
	for variable, file := range map[string]string{"USHER_KEYS_FILE": c.Keys.File, "DATABASE_URL": strings.TrimPrefix(c.Database, "sqlite:")} {
		if variable == "DATABASE_URL" && file == c.Database || file == "" {
			continue // PostgreSQL, or keys from the environment
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return fmt.Errorf("%s: the folder %s cannot be made (%w): make it yourself, writable for this user, or choose another", variable, filepath.Dir(file), err)
		}
	}
	return nil
}

// about puts the name of a setting before what is said of it.
func about(variable string, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return fmt.Errorf("%s: %w", variable, err)
	}
	named := *f
	named.Text = variable + ": " + f.Text
	return &named
}

// Close gives everything back. Serve has ended, or was never called.
func (a *App) Close() error { return errors.Join(a.store.Close(), a.blobs.Close()) }

// Serve signs in at Discord and works until ctx ends; then it finishes what is under way and returns nil. ready is called once with the
// address of the health checks when tickets can be opened.
func (a *App) Serve(ctx context.Context, ready func(address string)) error {
	listener, err := listen(ctx, a.config.Listen)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }() // closed already where it was served
	return a.run(ctx, func(ctx context.Context) error { return a.serveHTTP(ctx, listener) }, func() { ready(listener.Addr().String()) })
}

// listen takes an address.
func listen(ctx context.Context, address string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("USHER_LISTEN: cannot listen on %s (%w): stop the other program there or choose another port", address, err)
	}
	return listener, nil
}

// run signs in and works until ctx ends, beside what answers over HTTP. ready is called once, when tickets can be opened.
func (a *App) run(ctx context.Context, pages func(context.Context) error, ready func()) error {
	left, err := a.left(ctx)
	if err != nil {
		return err
	}
	defer a.keepJournal(ctx)()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return pages(ctx) })
	group.Go(func() error { a.probeWayOut(ctx); return nil })
	group.Go(func() error { a.sweepLogos(ctx); return nil })
	group.Go(func() error {
		return a.bot.Serve(ctx, a.desk, func() {
			ready()
			group.Go(func() error { a.sweep(ctx, left); return nil })
		})
	})
	return group.Wait()
}

// left takes what a crash left, before the first press of this process can be among it. Beside other processes nothing is taken: the sweep
// gets it when its claim has ended.
func (a *App) left(ctx context.Context) ([]ticket.Ticket, error) {
	if !a.store.Alone() {
		return nil, nil
	}
	return a.desk.Left(ctx)
}

// newServer bounds what a client may take.
func newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 40 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 32 << 10,
	}
}

func (a *App) serveHTTP(ctx context.Context, listener net.Listener) error {
	handler, err := a.handler(listener.Addr().String())
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := newServer(handler)
	stop := context.AfterFunc(ctx, func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer cancel()
		_ = server.Shutdown(late) // what does not end in time is cut by the exit of the process
	})
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving HTTP: %w", err)
	}
	return nil
}

// sweep finishes what crashes and outages left: what was there at start, then what comes, again and again.
func (a *App) sweep(ctx context.Context, left []ticket.Ticket) {
	err := a.desk.Resume(ctx, left)
	for {
		if err != nil && ctx.Err() == nil {
			a.log.LogAttrs(ctx, slog.LevelWarn, "unfinished tickets could not all be finished", slog.Any("error", err))
		}
		if wait(ctx, sweepEvery) != nil {
			return
		}
		err = a.desk.Sweep(ctx)
	}
}

// Explain gives an error in the words for a terminal: what is wrong and what to do, without the hidden cause unless nothing else is said.
func Explain(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) || f.Text == "" {
		return err.Error()
	}
	context, _, _ := strings.Cut(err.Error(), f.Error()) // what was being done
	text := context + f.Text
	for _, field := range f.Fields {
		text += "\n  " + field.Path + ": " + field.Text
	}
	return text
}

// Migrate brings the tables of the configured database up to date and does nothing else.
func Migrate(ctx context.Context, c config.Config, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	if err := makeFolders(c); err != nil {
		return err
	}
	db, err := store.Open(ctx, store.Config{URL: c.Database, Logger: log})
	if err != nil {
		return err
	}
	return errors.Join(db.Migrate(ctx), db.Close())
}
