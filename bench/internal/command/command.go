// Package command is the frame of every benchmark's program: flags, an end in time and in good order, and a report for people and, on
// request, for programs. What is measured is the benchmark's own.
package command

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

// Report is what a benchmark found; its JSON is for programs.
type Report interface {
	// Text writes it for people.
	Text(out io.Writer) error
}

// Command is a benchmark's program, with the options O that its flags give.
type Command[O any] struct {
	// Name stands before every complaint.
	Name string
	// Parse reads the flags.
	Parse func(args []string, errs io.Writer) (O, error)
	// Ends says after which time to give up, and the file for the JSON, "" for none.
	Ends func(O) (timeout time.Duration, file string)
	// Measure takes the measurements, telling on errs what it is at.
	Measure func(ctx context.Context, o O, args []string, errs io.Writer) (Report, error)
}

// Run is the program: 0 when everything went as it should, 1 when it did not, 2 when it was asked wrongly.
func (c Command[O]) Run(args []string, out, errs io.Writer) int {
	o, err := c.Parse(args, errs)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		_, _ = fmt.Fprintf(errs, "%s: %s\n", c.Name, err)
		return 2
	}
	timeout, file := c.Ends(o)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	timed, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	report, err := c.Measure(timed, o, args, errs)
	if err == nil {
		err = write(report, out, file)
	}
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil:
		_, _ = fmt.Fprintf(errs, "%s: interrupted, everything is stopped\n", c.Name)
	case timed.Err() != nil:
		_, _ = fmt.Fprintf(errs, "%s: not done after %s, which -timeout allows: %s\n", c.Name, timeout, err)
	default:
		_, _ = fmt.Fprintf(errs, "%s: %s\n", c.Name, err)
	}
	return 1
}

func write(r Report, out io.Writer, file string) error {
	if err := r.Text(out); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if file == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the report: %w", err)
	}
	if err := os.WriteFile(file, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("-json: %w", err)
	}
	return nil
}
