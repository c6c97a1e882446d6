package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"usher/examples/cryptoprice"
	"usher/examples/gamelookup"
	"usher/internal/app"
	"usher/internal/config"
	"usher/internal/core/account"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
	"usher/internal/store"
	"usher/sandbox"
)

// keyLife is more than a demo runs.
const keyLife = 30 * 24 * time.Hour

// stopTime bounds how long the servers may take to stop.
const stopTime = 5 * time.Second

// demo runs everything until ctx ends.
func demo(ctx context.Context, o options, log *slog.Logger, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "usher-demo-")
	if err != nil {
		return fmt.Errorf("making a folder for the demo's database: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	database, drop, err := ownDatabase(ctx, o.database, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	group, ctx := errgroup.WithContext(ctx)
	p := o.ports
	lookup, err := serve(ctx, group, "port-lookup", p.lookup, gameServer())
	if err != nil {
		return err
	}
	price, err := serve(ctx, group, "port-price", p.price, cryptoprice.New(1, time.Now).Handler())
	if err != nil {
		return err
	}
	discord, err := startSandbox(ctx, p.sandbox, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeSandbox(ctx, discord)) }()
	if err := free(ctx, "port-usher", p.usher); err != nil {
		return err
	}
	c, err := configuration(dir, database, discord, p.usher)
	if err != nil {
		return err
	}
	a, err := app.New(ctx, c, "demo", app.Server, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := setUp(ctx, a, lookup, price); err != nil {
		return err
	}
	key, err := a.MakeKey(ctx, snowflake.User(sandbox.DemoOlgaID), "demo", keyLife, account.Read, account.Write, account.Integrations, account.Operate)
	if err != nil {
		return fmt.Errorf("making the demo's API key: %s", app.Explain(err))
	}
	group.Go(func() error {
		return a.Serve(ctx, func(usher string) { welcome(out, discord.URL(), lookup, price, usher, key) })
	})
	return group.Wait()
}

// ownDatabase is a database that nobody else uses, and what takes it away when nothing is connected to it any more: a file in dir, or a
// schema in the PostgreSQL of a URL.
func ownDatabase(ctx context.Context, postgres, dir string) (string, func() error, error) {
	if postgres == "" {
		return "sqlite:" + filepath.Join(dir, "usher.sqlite"), func() error { return nil }, nil // dir goes as a whole
	}
	own, drop, err := store.Scratch(ctx, postgres)
	if err != nil {
		return "", nil, fmt.Errorf("preparing the database of --database-url: %s", app.Explain(err))
	}
	return own, func() error {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		return drop(late)
	}, nil
}

// gameServer is the example game, for everybody and, below /members, for those who have its key.
func gameServer() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", gamelookup.Handler())
	mux.Handle("/members/", http.StripPrefix("/members", gamelookup.HandlerWithKey("arcade")))
	return mux
}

func welcome(out io.Writer, discord, lookup, price, usher string, key secret.Value) {
	_, _ = fmt.Fprintf(out, `Usher's demo is running; nothing of it leaves this machine.

  Discord sandbox: %[1]s
  Both sides:      %[1]s/#/side-by-side
  Game lookup:     %[2]s/lookup?user=585576154958921739
  Crypto price:    %[3]s/price?coin=bitcoin
  Usher:           http://%[4]s
  HTTP API:        http://%[4]s/api/docs

Open the second address: you are Ryan on the left and Mia of the staff on the right. As Ryan, press "Open a ticket"
in #support, or "Report a problem" to be asked first; as Mia, try /tag in the ticket. The first address lets you be
anybody. Ctrl-C stops everything.

With curl you are Olga, who owns the server and runs this instance:

  export USHER=http://%[4]s USHER_KEY=%[5]s
  export DISCORD=%[1]s GAME=%[2]s/members
  curl -H "Authorization: Bearer $USHER_KEY" $USHER/api/v1/me

docs/api.md goes on from there. The game behind $GAME wants the key "arcade" of those who ask.
`, discord, lookup, price, usher, key.Reveal())
}

// configuration is what an operator would set: the sandbox as Discord, and this machine's own network allowed by name (I-39), for the
// example servers are here.
func configuration(dir, database string, discord *sandbox.Server, port int) (config.Config, error) {
	c, err := config.FromMap(map[string]string{
		"DISCORD_TOKEN": botToken(), "DISCORD_API_URL": discord.APIURL(), "DISCORD_CLIENT_SECRET": sandbox.DefaultSeed().Applications[0].ClientSecret,
		"DATABASE_URL": database, "USHER_KEYS_FILE": filepath.Join(dir, "usher.keys"), "USHER_FILES": filepath.Join(dir, "files"),
		"USHER_LISTEN": net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), "USHER_EGRESS_ALLOW_NETWORKS": "127.0.0.1/32", "USHER_OPERATORS": sandbox.DemoOlgaID.String(),
	})
	if err != nil {
		return c, fmt.Errorf("setting up the demo: %w", err)
	}
	return c, nil
}

// serve answers on a loopback port until ctx ends, and gives its address.
func serve(ctx context.Context, group *errgroup.Group, flagName string, port int, handler http.Handler) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return "", taken(flagName, port, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: stopTime}
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving an example: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		return server.Shutdown(late)
	})
	return "http://" + listener.Addr().String(), nil
}

// free finds out whether a port can be had, to say so in the words of the demo.
func free(ctx context.Context, flagName string, port int) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return taken(flagName, port, err)
	}
	return listener.Close()
}

// taken says which flag to use when a port cannot be had.
func taken(flagName string, port int, err error) error {
	return fmt.Errorf("port %d cannot be used (%w): stop the other program there, or choose another port with --%s", port, err, flagName)
}
