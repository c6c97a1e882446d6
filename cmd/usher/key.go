package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"usher/internal/app"
	"usher/internal/config"
	"usher/internal/core/snowflake"
)

func keyCommand(out, errs io.Writer) *cobra.Command {
	var rotate, end bool
	c := &cobra.Command{
		Use: "integration-key USER-ID NAME", Short: "Show or rotate the key that an integration's requests are signed with", Args: cobra.ExactArgs(2),
		Long: `Show the key with which the requests of an integration are signed by Standard Webhooks, so that its server can tell them from others'.
The integration is named by its owner's user id and its name. The key is a secret: give it to the server alone.

--rotate makes a new key; requests then carry a signature of each. When the server knows the new key, --end-rotation drops the old one.
Where two keys are valid the newest is shown first. A running "usher serve" sees the change within 30 seconds.`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			owner, err := snowflake.Parse[snowflake.User](args[0])
			if err != nil {
				return fmt.Errorf("the owner's user id: %w", err)
			}
			settings, err := config.Load()
			if err != nil {
				return err
			}
			a, err := app.New(cmd.Context(), settings, version, app.Tool, logger(settings.Log, errs))
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.Close()) }()
			change := app.KeyStays
			switch {
			case rotate:
				change = app.KeyRotates
			case end:
				change = app.RotationEnd
			}
			return a.SigningKeys(cmd.Context(), owner, args[1], change, out)
		},
	}
	c.Flags().BoolVar(&rotate, "rotate", false, "make a new key; the one before stays valid beside it")
	c.Flags().BoolVar(&end, "end-rotation", false, "make the newest key the only one")
	c.MarkFlagsMutuallyExclusive("rotate", "end-rotation")
	return c
}
