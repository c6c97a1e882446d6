// Command cmd serves the cryptocurrency price example: go run ./examples/cryptoprice/cmd -addr 127.0.0.1:8092 [-seed N].
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"usher/examples/cryptoprice"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "cryptoprice:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends. It prints the address once it listens.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("cryptoprice", flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:8092", "address to listen on; port 0 picks a free one")
	seed := flags.Uint("seed", 1, "number that the made-up prices follow from")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("reading the flags: %w", err)
	}
	if *seed > math.MaxUint32 {
		return fmt.Errorf("the seed %d is too large: at most %d", *seed, uint32(math.MaxUint32))
	}
	handler := cryptoprice.New(uint32(*seed), time.Now).Handler()
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", *addr)
	if err != nil {
		return fmt.Errorf("listening on %s (choose another with -addr): %w", *addr, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if _, err := fmt.Fprintf(out, "Listening on http://%s/price?coin=bitcoin\n", listener.Addr()); err != nil {
		return fmt.Errorf("printing the address: %w", err)
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}
