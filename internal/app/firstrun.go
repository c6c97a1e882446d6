package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"usher/internal/config"
	"usher/internal/core/firstrun"
	"usher/internal/core/secret"
	"usher/internal/discord"
	"usher/internal/httpapi"
	"usher/web"
)

// lookEvery is how often a set-up is asked whether its time is over.
const lookEvery = time.Second

// FirstRun is an Usher without settings: it answers the set-up page, and becomes a whole Usher when that is done.
type FirstRun struct {
	Settings config.Settings                 // as they were found
	Load     func() (config.Settings, error) // reads them again
	Version  string
	Log      *slog.Logger
	Out      io.Writer // where the address of the page and its code are printed

	desk     *firstrun.Desk
	code     secret.Value
	anywhere bool
	listener net.Listener
	server   *http.Server
	front    atomic.Pointer[http.Handler]
	group    *errgroup.Group
}

// keeper writes what the set-up found out to the settings file.
type keeper struct{ file string }

var _ firstrun.Settings = keeper{}

// Keep implements firstrun.Settings.
func (k keeper) Keep(c firstrun.Choice) error {
	values := map[string]secret.Value{
		"DISCORD_TOKEN": c.Token, "DISCORD_CLIENT_SECRET": c.Secret, "USHER_PUBLIC_URL": secret.New(c.PublicURL),
	}
	if !c.Operator.IsZero() {
		values["USHER_OPERATORS"] = secret.New(c.Operator.String())
	}
	maps.DeleteFunc(values, func(_ string, v secret.Value) bool { return v.Empty() })
	return config.WriteSettings(k.file, values)
}

// Serve answers the set-up page until it is done, then everything, until ctx ends; then it returns nil. ready is called as by App.Serve.
// Errors: the page cannot be served or the settings could not be written, in one line that says what to do; the set-up was not finished in
// time; and those of App.Serve.
func (f *FirstRun) Serve(ctx context.Context, ready func(address string)) error {
	if err := f.begin(ctx); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	f.group = group
	stop := context.AfterFunc(ctx, func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer cancel()
		_ = f.server.Shutdown(late) // what does not end in time is cut by the exit of the process
	})
	defer stop()
	f.answer(f.listener)
	group.Go(func() error { return f.attend(ctx, ready) })
	return group.Wait()
}

// begin opens the page.
func (f *FirstRun) begin(ctx context.Context) error {
	if err := config.ProbeSettings(f.Settings.File); err != nil {
		return fmt.Errorf("no bot token is set, and the set-up page could not keep one: %w; or set DISCORD_TOKEN", err)
	}
	address, err := setupAddress(f.Settings.Config)
	if err != nil {
		return err
	}
	if f.listener, err = listen(ctx, address); err != nil {
		return err
	}
	at, err := netip.ParseAddrPort(f.listener.Addr().String())
	f.anywhere = err == nil && !at.Addr().Unmap().IsLoopback()
	c := f.Settings.Config
	fixed := firstrun.Fixed{PublicURL: c.Web.PublicURL}
	if fixed.Secret, err = c.Web.Secret(); err != nil {
		return errors.Join(err, f.listener.Close())
	}
	if len(c.Web.Operators) > 0 {
		fixed.Operator = c.Web.Operators[0]
	}
	inspector := newInspector(c, f.Version)
	f.desk, f.code = firstrun.New(inspector, keeper{f.Settings.File}, fixed, time.Now, rand.Text)
	setup, err := f.config()
	if err != nil {
		return errors.Join(err, f.listener.Close())
	}
	f.turn(httpapi.Setup(setup))
	f.server = newServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*f.front.Load()).ServeHTTP(w, r) }))
	f.tell(setup.Pages != nil)
	return nil
}

// newInspector looks at Discord before there is a bot.
func newInspector(c config.Config, version string) *discord.Inspector {
	return discord.NewInspector(discord.InspectorConfig{APIURL: c.Discord.APIURL, Pictures: pictures(c.Discord.APIURL), Version: version, Now: time.Now})
}

// setupAddress is where the set-up page answers: on this machine alone, whatever address Usher will listen on, unless that is asked for.
func setupAddress(c config.Config) (string, error) {
	if c.Web.SetupListen != "" {
		if _, _, err := net.SplitHostPort(c.Web.SetupListen); err != nil {
			return "", errors.New("USHER_SETUP_LISTEN must be an address and a port, such as 127.0.0.1:8380")
		}
		return c.Web.SetupListen, nil
	}
	_, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return "", errors.New("USHER_LISTEN must be an address and a port, such as 127.0.0.1:8380")
	}
	return net.JoinHostPort("127.0.0.1", port), nil
}

// config is what the page stands on.
func (f *FirstRun) config() (httpapi.SetupConfig, error) {
	c := httpapi.SetupConfig{Desk: f.desk, Anywhere: f.anywhere, Log: f.Log, NewID: func() string { return newID()[:12] }}
	files, built := web.Assets()
	if !built {
		return c, nil
	}
	pages, err := httpapi.NewPages(files, pictures(f.Settings.Config.Discord.APIURL))
	if err != nil {
		return c, err
	}
	c.Pages = pages
	return c, nil
}

// tell prints where the page is. The code stands after #, which browsers keep to themselves.
func (f *FirstRun) tell(built bool) {
	if !built {
		say(f.Out, "This program was built without its pages, so there is only the set-up's API at the address below.")
	}
	_, port, _ := net.SplitHostPort(f.listener.Addr().String())
	say(f.Out, "Usher is not set up yet. Open this address in a browser within %d minutes; it works once:\n", int(firstrun.CodeLife/time.Minute))
	say(f.Out, "    http://127.0.0.1:%s/setup#code=%s\n", port, f.code.Reveal())
	if f.anywhere {
		say(f.Out, "From another machine, put this one's IP address in place of 127.0.0.1. USHER_SETUP_LISTEN lets others reach the page, and what is\ntyped there travels in the clear: do it in a network that you trust.")
	} else {
		say(f.Out, "It answers on this machine alone. From another one, run there first:  ssh -L %s:127.0.0.1:%s THIS-MACHINE", port, port)
	}
	say(f.Out, "To set Usher up without a browser, set DISCORD_TOKEN and start it again: see docs/operating.md.")
}

func (f *FirstRun) turn(to http.Handler) { f.front.Store(&to) }

// answer serves a listener until it or the server is closed.
func (f *FirstRun) answer(listener net.Listener) {
	f.group.Go(func() error {
		if err := f.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			return fmt.Errorf("serving HTTP: %w", err)
		}
		return nil
	})
}

// errUnfinished ends a set-up that nobody finished.
var errUnfinished = errors.New("the set-up was not finished within its time, or too many wrong codes were given: start usher again for a new code")

// attend waits for the set-up to be done and starts Usher, again where that failed.
func (f *FirstRun) attend(ctx context.Context, ready func(address string)) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if f.desk.Idle() {
				return errUnfinished
			}
		case <-f.desk.Finished():
			started, err := f.start(ctx, ready)
			if started || ctx.Err() != nil {
				return err
			}
			f.Log.LogAttrs(ctx, slog.LevelError, "usher could not be started with the settings of the set-up", slog.Any("error", err))
			f.desk.Fail(Explain(err))
		}
	}
}

// start is a whole Usher with the settings as they are now, until ctx ends. It reports whether it got as far as serving.
func (f *FirstRun) start(ctx context.Context, ready func(address string)) (started bool, err error) {
	settings, err := f.Load()
	if err != nil {
		return false, err
	}
	c := settings.Config
	c.Listen = samePort(c.Listen, f.listener.Addr())
	a, err := New(ctx, c, f.Version, Server, f.Log)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := f.move(ctx, c.Listen); err != nil {
		return false, err
	}
	address := f.listener.Addr().String()
	handler, err := a.handler(address)
	if err != nil {
		return false, err
	}
	setup, err := f.config()
	if err != nil {
		return false, err
	}
	err = a.run(ctx, func(ctx context.Context) error { <-ctx.Done(); return nil }, func() {
		f.turn(httpapi.SetupBeside(setup, handler))
		f.desk.Started()
		started = true
		ready(address)
	})
	return started, err
}

// samePort keeps the port of the page where Usher may take any: the address was told to people, and Discord, by then.
func samePort(address string, page net.Addr) string {
	host, port, err := net.SplitHostPort(address)
	if _, used, other := net.SplitHostPort(page.String()); err == nil && other == nil && port == "0" {
		return net.JoinHostPort(host, used)
	}
	return address
}

// move goes over to the address that Usher listens on, or stays where that is not to be had. What is connected stays connected.
func (f *FirstRun) move(ctx context.Context, address string) error {
	before := f.listener.Addr().String()
	if address == before {
		return nil
	}
	if err := f.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("leaving %s: %w", before, err)
	}
	listener, err := listen(ctx, address)
	if err != nil {
		back, lost := listen(ctx, before)
		if lost != nil {
			return errors.Join(err, lost)
		}
		listener = back
	}
	f.listener = listener
	f.answer(listener)
	return err
}
