package main

import (
	"io"

	"github.com/spf13/cobra"

	"usher/internal/app"
	"usher/internal/config"
	"usher/internal/core/keyring"
)

func keysCommand(out, errs io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use: "keys", Short: "Look at the keys that seal secrets in the database, and replace them", Args: cobra.NoArgs,
		Long: `Look at the keys that seal secrets in the database, and replace them while servers run:

  usher keys add              a fresh key, which every process has to know before it is used
  usher keys promote KEY      the key seals from now on
  usher keys reseal           everything is brought under it
  usher keys retire OLD-KEY   the old key goes, when nothing needs it any more

A running "usher serve" follows its key file by itself. Where the keys are in USHER_KEYS each step prints the text to set it to.
See docs/operating.md.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	// with runs work on the keys that the environment names.
	with := func(work func(cmd *cobra.Command, k *app.Keys, args []string) error) func(*cobra.Command, []string) error {
		return func(cmd *cobra.Command, args []string) error {
			c, err := config.Load()
			if err != nil {
				return err
			}
			return work(cmd, app.NewKeys(c, logger(c.Log, errs), out, errs), args)
		}
	}
	// withKey is with for a command that names a key.
	withKey := func(work func(cmd *cobra.Command, k *app.Keys, id keyring.KeyID) error) func(*cobra.Command, []string) error {
		return with(func(cmd *cobra.Command, k *app.Keys, args []string) error {
			id, err := keyring.ParseKeyID(args[0])
			if err != nil {
				return err
			}
			return work(cmd, k, id)
		})
	}
	var uses, printed, lose bool
	list := &cobra.Command{
		Use: "list", Short: "Show the ids, states and ages of the keys, never the keys themselves", Args: cobra.NoArgs,
		RunE: with(func(cmd *cobra.Command, k *app.Keys, _ []string) error { return k.List(cmd.Context(), uses) }),
	}
	list.Flags().BoolVar(&uses, "uses", false, "count what is sealed with each in the database")
	fresh := &cobra.Command{
		Use: "new", Short: "Make a key file where there is none", Args: cobra.NoArgs,
		RunE: with(func(_ *cobra.Command, k *app.Keys, _ []string) error { return k.New(printed) }),
	}
	fresh.Flags().BoolVar(&printed, "print", false, "print keys for USHER_KEYS instead; treat them as a secret")
	retire := &cobra.Command{
		Use: "retire KEY", Short: "Take a key away for good; refused while anything is sealed with it", Args: cobra.ExactArgs(1),
		RunE: withKey(func(cmd *cobra.Command, k *app.Keys, id keyring.KeyID) error {
			return k.Retire(cmd.Context(), id, lose)
		}),
	}
	retire.Flags().BoolVar(&lose, "lose-unreadable", false, "give up values sealed with it that do not open as they are")
	root.AddCommand(list, fresh, retire,
		&cobra.Command{
			Use: "add", Short: "Add a fresh key, which opens and does not seal yet", Args: cobra.NoArgs,
			RunE: with(func(_ *cobra.Command, k *app.Keys, _ []string) error { return k.Add() }),
		},
		&cobra.Command{
			Use: "promote KEY", Short: "Make a key the one that seals", Args: cobra.ExactArgs(1),
			RunE: withKey(func(_ *cobra.Command, k *app.Keys, id keyring.KeyID) error { return k.Promote(id) }),
		},
		&cobra.Command{
			Use: "reseal", Short: "Bring everything that is sealed under the key that seals; servers may run meanwhile", Args: cobra.NoArgs,
			RunE: with(func(cmd *cobra.Command, k *app.Keys, _ []string) error { return k.Reseal(cmd.Context()) }),
		})
	return root
}
