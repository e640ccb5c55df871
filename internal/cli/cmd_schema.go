package cli

import (
	"github.com/spf13/cobra"

	"sessiond/internal/validate"
)

func (a *app) schema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON schema of a session file",
		Long: `Prints the JSON schema (draft 2020-12) that session files are held against.
It is part of the program; no daemon is asked.`,
		Annotations: exits(),
		Example:     `  sessiond schema >session-file.schema.json`,
		Args:        takesNothing,
		RunE: func(*cobra.Command, []string) error {
			p := a.page()
			p.text(string(validate.Schema()))
			return p.flush()
		},
	}
}
