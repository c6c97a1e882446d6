// Command discord-sandbox runs a local Discord for bot developers. See sandbox/README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"usher/sandbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "discord-sandbox:", err)
		os.Exit(1)
	}
}

// run starts the sandbox and waits for the context to end.
func run(ctx context.Context, args []string, out, errOut io.Writer) error {
	cfg, err := parse(args, errOut)
	if err != nil {
		return err
	}
	s, err := sandbox.Start(ctx, cfg)
	if err != nil {
		return err
	}
	greet(out, s, cfg)
	<-ctx.Done()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return s.Close(stop)
}

// parse reads the flags and the files that they name.
func parse(args []string, errOut io.Writer) (sandbox.Config, error) {
	flags := flag.NewFlagSet("discord-sandbox", flag.ContinueOnError)
	flags.SetOutput(errOut)
	addr := flags.String("addr", "127.0.0.1:7700", "loopback `address` to listen on; port 0 takes a free one")
	seedFile := flags.String("seed", "", "JSON `file` with the world to start with; the demo's world when empty")
	openAPI := flags.String("openapi", "", "Discord's openapi.json: check every call and answer against this `file`")
	level := flags.String("log-level", "info", "debug, info, warn or error")
	limits := flags.String("rate-limits", "strict", "strict, or off to measure other things: a bot that is never limited learns nothing of limits")
	chances := flags.Uint64("rand-seed", 0, "the same `number` makes the same tokens, and the same calls meet the same faults")
	perShard := flags.Int("guilds-per-shard", 0, "servers that a shard may have, 2500 as on Discord when 0")
	heartbeat := flags.Duration("heartbeat-interval", 0, "`time` between a bot's heartbeats, 41.25s as on Discord when 0; short, to see a library notice a silent gateway")
	open := flags.Bool("allow-non-loopback", false, "listen on addresses that others can reach: whoever reaches it can act as everybody")
	if err := flags.Parse(args); err != nil {
		return sandbox.Config{}, err
	}
	if flags.NArg() > 0 {
		return sandbox.Config{}, fmt.Errorf("unexpected argument %q; see --help", flags.Arg(0))
	}
	var l slog.Level
	if err := l.UnmarshalText([]byte(*level)); err != nil {
		return sandbox.Config{}, fmt.Errorf("--log-level: %q is none of debug, info, warn, error", *level)
	}
	if *limits != "strict" && *limits != "off" {
		return sandbox.Config{}, fmt.Errorf("--rate-limits: %q is neither strict nor off", *limits)
	}
	if *perShard < 0 {
		return sandbox.Config{}, fmt.Errorf("--guilds-per-shard: %d is no number of servers", *perShard)
	}
	if *heartbeat < 0 {
		return sandbox.Config{}, fmt.Errorf("--heartbeat-interval: %s is no time between heartbeats", *heartbeat)
	}
	cfg := sandbox.Config{
		Addr: *addr, AllowNonLoopback: *open, Seed: sandbox.DefaultSeed(), GuildsPerShard: *perShard, RandSeed: *chances, HeartbeatInterval: *heartbeat,
		RateLimits: sandbox.RateLimits{Off: *limits == "off"},
		Logger:     slog.New(slog.NewTextHandler(errOut, &slog.HandlerOptions{Level: l})),
	}
	return cfg, readFiles(&cfg, *seedFile, *openAPI)
}

func readFiles(cfg *sandbox.Config, seedFile, openAPI string) error {
	if seedFile != "" {
		data, err := os.ReadFile(seedFile)
		if err != nil {
			return fmt.Errorf("--seed: %w", err)
		}
		if cfg.Seed, err = sandbox.ParseSeed(data); err != nil {
			return fmt.Errorf("--seed %s: %w", seedFile, err)
		}
	}
	if openAPI != "" {
		data, err := os.ReadFile(openAPI)
		if err != nil {
			return fmt.Errorf("--openapi: %w", err)
		}
		cfg.OpenAPI = data
	}
	return nil
}

// greet tells where it is and how a bot logs in.
func greet(out io.Writer, s *sandbox.Server, cfg sandbox.Config) {
	var b strings.Builder
	fmt.Fprintf(&b, "Discord sandbox: %s\n", s.URL())
	fmt.Fprintf(&b, "  REST API   %s\n  gateway    %s\n  control    %s/_sandbox/users\n", s.APIURL(), s.GatewayURL(), s.URL())
	for _, app := range cfg.Seed.Applications {
		token := app.BotToken
		if token == "" {
			token = "(made at start; give bot_token in the seed to know it)" //nolint:gosec // a hint and no token
		}
		fmt.Fprintf(&b, "  bot %s: application %s, token %s\n", app.Name, app.ID, token)
	}
	if cfg.RateLimits.Off {
		b.WriteString("  RATE LIMITS ARE OFF: a bot that needs that will be limited by Discord\n")
	}
	_, _ = io.WriteString(out, b.String())
}
