package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"usher/internal/app"
	"usher/internal/config"
)

// maxSetup is the largest set-up file that is read, in bytes.
const maxSetup = 1 << 20

func applyCommand(out, errs io.Writer) *cobra.Command {
	return &cobra.Command{
		Use: "apply FILE", Short: "Set up a server from a file: its staff, integrations, forms, tags and panels", Args: cobra.ExactArgs(1),
		Long: `Set up a server from a JSON file ("-" for standard input): its staff roles, categories, integrations, forms, tags and panels.

Integrations, forms, tags and panels are known by their names: those that are there are brought up to date, the others are made, nothing is removed.
The whole file is checked before anything is changed. A running "usher serve" on the same database sees the change within 30 seconds.
See docs/operating.md for the file's form.`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			text, err := readFile(args[0], cmd.InOrStdin())
			if err != nil {
				return err
			}
			setup, err := app.ReadSetup(text)
			if err != nil {
				return err
			}
			c, err := config.Load()
			if err != nil {
				return err
			}
			a, err := app.New(cmd.Context(), c, version, app.Tool, logger(c.Log, errs))
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.Close()) }()
			return a.Apply(cmd.Context(), setup, out)
		},
	}
}

func readFile(name string, in io.Reader) ([]byte, error) {
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("opening the set-up file: %w", err)
		}
		defer func() { _ = file.Close() }() // only read
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, maxSetup+1))
	if err != nil {
		return nil, fmt.Errorf("reading the set-up file: %w", err)
	}
	if len(text) > maxSetup {
		return nil, fmt.Errorf("the set-up file is larger than %d bytes", maxSetup)
	}
	return text, nil
}
