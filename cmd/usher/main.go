// Command usher is the whole product in one binary: see `usher help`.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"usher/internal/app"
	"usher/internal/config"
)

// version is set by the linker (-X main.version=…).
var version = "dev"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program: 0 when it did what was asked, else 1.
func run(args []string, out, errs io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := command(out, errs)
	root.SetArgs(args)
	if err := root.ExecuteContext(ctx); err != nil {
		_, _ = fmt.Fprintln(errs, "usher: "+app.Explain(err))
		return 1
	}
	return 0
}

func command(out, errs io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use: "usher", Short: "Support tickets for Discord with live data from your own systems", Version: version,
		SilenceUsage: true, SilenceErrors: true, CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetOut(out)
	root.SetErr(errs)
	root.AddCommand(serveCommand(out, errs), doctorCommand(out), egressCommand(errs), applyCommand(out, errs), keyCommand(out, errs), keysCommand(out, errs), migrateCommand(out, errs), openapiCommand(out))
	return root
}

// logger writes to errs as the configuration says.
func logger(c config.Log, errs io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Level)) // checked by config
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(errs, options))
	}
	return slog.New(slog.NewTextHandler(errs, options))
}
