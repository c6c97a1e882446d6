// Command sandbox measures the sandbox itself, as a process of its own, with a client that does as little as a client can: how fast it
// starts, how many servers it carries, how many interactions and messages a second. See bench/README.md. It must never know Usher.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program: 0 when everything was answered as it should, 1 when it was not, 2 when it was asked wrongly.
func run(args []string, out, errs io.Writer) int {
	o, err := parse(args, errs)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		_, _ = fmt.Fprintln(errs, "bench/sandbox:", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	timed, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	err = bench(timed, o, args, out, errs)
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil:
		_, _ = fmt.Fprintln(errs, "bench/sandbox: interrupted, everything is stopped")
	case timed.Err() != nil:
		_, _ = fmt.Fprintf(errs, "bench/sandbox: not done after %s, which -timeout allows: %s\n", o.timeout, err)
	default:
		_, _ = fmt.Fprintln(errs, "bench/sandbox:", err)
	}
	return 1
}

// bench takes all measurements and writes the report.
func bench(ctx context.Context, o options, args []string, out, errs io.Writer) error {
	began := time.Now()
	r, err := describe(o, args)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "sandbox-bench-")
	if err != nil {
		return fmt.Errorf("making a folder for the worlds: %w", err)
	}
	err = errors.Join(measure(ctx, o, dir, &r, errs), os.RemoveAll(dir))
	if err != nil {
		return err
	}
	r.Seconds = time.Since(began).Seconds()
	if err := r.writeText(out); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if o.json == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the report: %w", err)
	}
	if err := os.WriteFile(o.json, append(text, '\n'), 0o600); err != nil { //nolint:gosec // named by the person at the keyboard
		return fmt.Errorf("-json: %w", err)
	}
	return nil
}

// measure takes the measurements one after the other.
func measure(ctx context.Context, o options, dir string, r *report, errs io.Writer) error {
	w, err := makeWorld(o.guilds, dir)
	if err != nil {
		return err
	}
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"starting", func() (err error) { r.Starts, err = measureStarts(ctx, o, w); return err }},
		{"connecting", func() (err error) { r.Connects, err = measureConnects(ctx, o, w); return err }},
		{"interactions", func() (err error) { r.Interactions, err = measureInteractions(ctx, o, w); return err }},
		{"messages", func() (err error) { r.Messages, err = measureMessages(ctx, o, w); return err }},
	} {
		_, _ = fmt.Fprintf(errs, "measuring: %s…\n", step.name)
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}
