package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"usher/internal/app"
	"usher/internal/config"
)

func migrateCommand(out, errs io.Writer) *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "Bring the database's tables up to date", Args: cobra.NoArgs,
		Long: `Bring the tables of the database named by DATABASE_URL up to date. "usher serve" does the same when it starts; run this
before it where the server's own database user may not change tables.`,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			c, err := config.Load()
			if err != nil {
				return err
			}
			if err := app.Migrate(cmd.Context(), c, logger(c.Log, errs)); err != nil {
				return err
			}
			_, err = fmt.Fprintln(out, "the database is up to date")
			return err
		},
	}
}
