// Command usher-demo is everything on this machine in one process: a local Discord, Usher on a fresh database, and two example
// integration servers. It needs no account and no configuration, and leaves nothing behind: its SQLite file is temporary, and in a
// PostgreSQL that it is given it makes a schema of its own and drops it.
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

// options are what the flags say.
type options struct {
	ports    ports
	database string // the URL of a PostgreSQL; empty is a temporary SQLite file
	verbose  bool
}

// ports of the four servers; 0 lets the system choose.
type ports struct {
	sandbox, usher, lookup, price int
}

func run(args []string, out, errs io.Writer) int {
	o, ok := parse(args, errs)
	if !ok {
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	level := slog.LevelWarn
	if o.verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: level}))
	if err := demo(ctx, o, log, out); err != nil {
		_, _ = fmt.Fprintln(errs, "usher-demo: "+err.Error())
		return 1
	}
	return 0
}

func parse(args []string, errs io.Writer) (o options, ok bool) {
	p := &o.ports
	flags := flag.NewFlagSet("usher-demo", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.IntVar(&p.sandbox, "port-sandbox", 4400, "port of the local Discord and its web client")
	flags.IntVar(&p.usher, "port-usher", 4401, "port of Usher: its pages and its HTTP API")
	flags.IntVar(&p.lookup, "port-lookup", 4402, "port of the example game lookup")
	flags.IntVar(&p.price, "port-price", 4403, "port of the example cryptocurrency price")
	ephemeral := flags.Bool("ephemeral-ports", false, "let the system choose all ports")
	flags.StringVar(&o.database, "database-url", "", "a PostgreSQL as postgres://user:password@host:5432/database, in which the demo makes a schema\nof its own and drops it at the end (default: a temporary SQLite file)")
	flags.BoolVar(&o.verbose, "verbose", false, "log everything to standard error, not only warnings")
	if err := flags.Parse(args); err != nil {
		return o, false
	}
	if flags.NArg() > 0 {
		_, _ = fmt.Fprintf(errs, "usher-demo: it takes flags only, not %q\n", flags.Arg(0))
		return o, false
	}
	if *ephemeral {
		o.ports = ports{}
	}
	return o, true
}
