package main

import (
	"errors"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"usher/internal/app"
	"usher/internal/config"
)

func serveCommand(errs io.Writer) *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Sign in at Discord and serve tickets until told to stop", Args: cobra.NoArgs,
		Long: `Sign in at Discord and serve tickets until SIGTERM or SIGINT.

Settings come from the environment: DISCORD_TOKEN or DISCORD_TOKEN_FILE is all that is needed.
See docs/operating.md for the others.`,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			c, err := config.Load()
			if err != nil {
				return err
			}
			log := logger(c.Log, errs)
			a, err := app.New(cmd.Context(), c, version, app.Server, log)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.Close()) }()
			return a.Serve(cmd.Context(), func(address string) {
				log.LogAttrs(cmd.Context(), slog.LevelInfo, "ready", slog.String("health", "http://"+address+"/readyz"), slog.String("version", version))
			})
		},
	}
}
