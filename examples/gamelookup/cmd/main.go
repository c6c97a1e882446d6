// Command cmd serves the game lookup example: go run ./examples/gamelookup/cmd -addr 127.0.0.1:8091 [-key KEY].
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"usher/examples/gamelookup"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "gamelookup:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends. It prints the address once it listens.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("gamelookup", flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:8091", "address to listen on; port 0 picks a free one")
	key := flags.String("key", "", "API key that callers must send in the Authorization header; empty: none")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("reading the flags: %w", err)
	}
	handler := gamelookup.Handler()
	if *key != "" {
		handler = gamelookup.HandlerWithKey(*key)
	}
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", *addr)
	if err != nil {
		return fmt.Errorf("listening on %s (choose another with -addr): %w", *addr, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if _, err := fmt.Fprintf(out, "Listening on http://%s/lookup?user=585576154958921739\n", listener.Addr()); err != nil {
		return fmt.Errorf("printing the address: %w", err)
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}
