package main

import (
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"usher/internal/app"
	"usher/internal/config"
)

func egressCommand(errs io.Writer) *cobra.Command {
	return &cobra.Command{
		Use: "egress", Short: "Be the guarded way out for integrations, on a machine of its own", Args: cobra.NoArgs,
		Long: `Serve HTTP CONNECT to the instances of Usher that know its password, until SIGTERM or SIGINT.

Integrations' requests then leave from this machine, and the addresses of the bot's machines stay hidden. Every target is resolved and
checked here: only public addresses are reached, unless USHER_EGRESS_ALLOW_NETWORKS allows a network. TLS to the target is end to end.
It needs no token, no database and no keys, and refuses to start where it would see them.

USHER_EGRESS_CLIENTS or USHER_EGRESS_CLIENTS_FILE is all that is needed: a line name:password for each instance.
See docs/operating.md for the others.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.LoadEgressServer()
			if err != nil {
				return err
			}
			log := logger(c.Log, errs)
			return app.ServeEgress(cmd.Context(), c, log, func(address, health string) {
				log.LogAttrs(cmd.Context(), slog.LevelInfo, "ready", slog.String("tunnels", address), slog.Bool("tls", c.CertFile != ""),
					slog.String("health", "http://"+health+"/readyz"), slog.String("version", version))
			})
		},
	}
}
