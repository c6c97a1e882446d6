// Command sandbox measures the sandbox itself, as a process of its own, with a client that does as little as a client can: how fast it
// starts, how many servers it carries, how many interactions and messages a second. See bench/README.md. It must never know Usher.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"usher/bench/internal/command"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, out, errs io.Writer) int {
	return command.Command[options]{
		Name: "bench/sandbox", Parse: parse, Measure: bench,
		Ends: func(o options) (time.Duration, string) { return o.timeout, o.json },
	}.Run(args, out, errs)
}

// bench takes all measurements.
func bench(ctx context.Context, o options, args []string, errs io.Writer) (command.Report, error) {
	began := time.Now()
	r, err := describe(o, args)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "sandbox-bench-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the worlds: %w", err)
	}
	if err := errors.Join(measure(ctx, o, dir, &r, errs), os.RemoveAll(dir)); err != nil {
		return nil, err
	}
	r.Seconds = time.Since(began).Seconds()
	return r, nil
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
