// Command open measures how fast Usher opens tickets: the real program, as a process of its own, against the sandbox. See
// bench/README.md. It must never know Usher from inside: it presses buttons and reads what the sandbox's witness saw.
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

// run is the program: 0 when every ticket opened as it should, 1 when one did not, 2 when it was asked wrongly.
func run(args []string, out, errs io.Writer) int {
	o, err := parse(args, errs)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		_, _ = fmt.Fprintln(errs, "bench/open:", err)
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
		_, _ = fmt.Fprintln(errs, "bench/open: interrupted, everything is stopped")
	case timed.Err() != nil:
		_, _ = fmt.Fprintf(errs, "bench/open: not done after %s, which -timeout allows: %s\n", o.timeout, err)
	default:
		_, _ = fmt.Fprintln(errs, "bench/open:", err)
	}
	return 1
}

// bench measures at every delay and writes the report.
func bench(ctx context.Context, o options, args []string, out, errs io.Writer) error {
	started := time.Now()
	report, err := describe(ctx, o, args)
	if err != nil {
		return err
	}
	for _, delay := range o.delays {
		_, _ = fmt.Fprintf(errs, "measuring with a REST delay of %s…\n", delay)
		one, err := measure(ctx, o, delay)
		if err != nil {
			return fmt.Errorf("with a REST delay of %s: %w", delay, err)
		}
		report.Runs = append(report.Runs, one)
		report.Presses += one.presses()
	}
	report.Seconds = time.Since(started).Seconds()
	if err := report.writeText(out); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if o.json == "" {
		return nil
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the report: %w", err)
	}
	if err := os.WriteFile(o.json, append(text, '\n'), 0o600); err != nil { //nolint:gosec // named by the person at the keyboard
		return fmt.Errorf("-json: %w", err)
	}
	return nil
}
