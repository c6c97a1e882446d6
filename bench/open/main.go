// Command open measures how fast Usher opens tickets: the real program, as a process of its own, against the sandbox. See
// bench/README.md. It must never know Usher from inside: it presses buttons and reads what the sandbox's witness saw.
package main

import (
	"context"
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
		Name: "bench/open", Parse: parse, Measure: bench,
		Ends: func(o options) (time.Duration, string) { return o.timeout, o.json },
	}.Run(args, out, errs)
}

// bench measures at every delay.
func bench(ctx context.Context, o options, args []string, errs io.Writer) (command.Report, error) {
	started := time.Now()
	report, err := describe(ctx, o, args)
	if err != nil {
		return nil, err
	}
	for _, delay := range o.delays {
		_, _ = fmt.Fprintf(errs, "measuring with a REST delay of %s…\n", delay)
		one, err := measure(ctx, o, delay)
		if err != nil {
			return nil, fmt.Errorf("with a REST delay of %s: %w", delay, err)
		}
		report.Runs = append(report.Runs, one)
		report.Presses += one.presses()
	}
	report.Seconds = time.Since(started).Seconds()
	return report, nil
}
