package main

import (
	"io"

	"github.com/spf13/cobra"

	"usher/internal/app"
	"usher/internal/config"
)

func doctorCommand(out io.Writer) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "doctor", Short: "Look at an installation and say what is wrong", Args: cobra.NoArgs,
		Long: `Look at settings, database, keys, way out, port, clock, and at what Discord knows of the bot, as usher serve would find them.

It changes nothing of what is there and may run beside usher serve. Each line begins with ok, look or wrong, and says what to do unless it is ok.
The exit code is 1 when something is wrong.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := config.LoadSettings()
			return app.NewDoctor(s, err, version).Report(cmd.Context(), out, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	return c
}
