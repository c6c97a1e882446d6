package main

import (
	"errors"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"usher/internal/app"
	"usher/internal/config"
)

func serveCommand(out, errs io.Writer) *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Sign in at Discord and serve tickets until told to stop", Args: cobra.NoArgs,
		Long: `Sign in at Discord and serve tickets until SIGTERM or SIGINT.

Settings come from the environment and from a settings file: DISCORD_TOKEN or DISCORD_TOKEN_FILE is all that is needed.
Without one it answers a set-up page on this machine, prints the page's address, and goes on when that is done.
See docs/operating.md for the others.`,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			s, err := config.LoadSettings()
			if err != nil {
				return err
			}
			c, log := s.Config, logger(s.Config.Log, errs)
			ready := func(address string) {
				log.LogAttrs(cmd.Context(), slog.LevelInfo, "ready", slog.String("health", "http://"+address+"/readyz"), slog.String("version", version))
			}
			if !c.Discord.Given() {
				first := app.FirstRun{Settings: s, Load: config.LoadSettings, Version: version, Log: log, Out: out}
				return first.Serve(cmd.Context(), ready)
			}
			a, err := app.New(cmd.Context(), c, version, app.Server, log)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.Close()) }()
			return a.Serve(cmd.Context(), ready)
		},
	}
}
