package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"usher/internal/httpapi"
)

func openapiCommand(out io.Writer) *cobra.Command {
	return &cobra.Command{
		Use: "openapi", Short: "Print the description of the HTTP API (OpenAPI 3.1)", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text, err := httpapi.Description()
			if err != nil {
				return err
			}
			if _, err := out.Write(text); err != nil {
				return fmt.Errorf("printing the description: %w", err)
			}
			return nil
		},
	}
}
