// Command usher-demo is everything on this machine in one process: a local Discord, Usher on a fresh database, and two example
// integration servers. It needs no account and no configuration, and leaves nothing behind.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// ports of the four servers; 0 lets the system choose.
type ports struct {
	sandbox, usher, lookup, price int
}

func run(args []string, out, errs io.Writer) int {
	p, verbose, ok := parse(args, errs)
	if !ok {
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	level := slog.LevelWarn
	if verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: level}))
	if err := demo(ctx, p, log, out); err != nil {
		_, _ = fmt.Fprintln(errs, "usher-demo: "+err.Error())
		return 1
	}
	return 0
}

func parse(args []string, errs io.Writer) (p ports, verbose, ok bool) {
	flags := flag.NewFlagSet("usher-demo", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.IntVar(&p.sandbox, "port-sandbox", 4400, "port of the local Discord and its web client")
	flags.IntVar(&p.usher, "port-usher", 4401, "port of Usher: its pages and its HTTP API")
	flags.IntVar(&p.lookup, "port-lookup", 4402, "port of the example game lookup")
	flags.IntVar(&p.price, "port-price", 4403, "port of the example cryptocurrency price")
	ephemeral := flags.Bool("ephemeral-ports", false, "let the system choose all ports")
	flags.BoolVar(&verbose, "verbose", false, "log everything to standard error, not only warnings")
	if err := flags.Parse(args); err != nil {
		return p, verbose, false
	}
	if flags.NArg() > 0 {
		_, _ = fmt.Fprintf(errs, "usher-demo: it takes flags only, not %q\n", flags.Arg(0))
		return p, verbose, false
	}
	if *ephemeral {
		p = ports{}
	}
	return p, verbose, true
}
