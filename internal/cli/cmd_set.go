package cli

import (
	"github.com/spf13/cobra"

	"sessiond/internal/api"
)

func (a *app) set() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set KEY --email ADDRESS | --no-email",
		Short: "Set the e-mail address of a session",
		Long: `Sets the e-mail address of a session in its file, or clears it. ` + changeText + `

Another address detaches the user's pending actions in the app: they are there
again once the same address logs in.

` + serverText,
		Annotations: exits(exitRejected, exitUnreachable, exitNoSession),
		Example: `  sessiond set 7023d920 --email anna@example.com
  sessiond set Contact/7023d920 --no-email --reason "asked for by phone"`,
		Args:              takes(1, 1, "KEY"),
		ValidArgsFunction: a.completeKey,
	}
	f := a.addChange(cmd)
	email := plainText{kind: "ADDRESS", most: maxAddress, none: "--no-email clears the address"}
	cmd.Flags().Var(&email, "email", "the address")
	offer(cmd, "email")
	noEmail := cmd.Flags().Bool("no-email", false, "clear the address")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		given := cmd.Flags().Changed("email")
		switch {
		case given && *noEmail:
			return misused(cmd, "give either --email or --no-email")
		case !given && !*noEmail:
			return misused(cmd, "--email or --no-email is missing")
		}
		return a.changeSessions(cmd, &change{
			words: changeWords{
				question: "Set the e-mail address of", done: "e-mail address set",
				same: "it has this e-mail address already", not: "e-mail address not set",
			},
			set:  api.Set{Email: &email.text},
			warn: warnOfAddress,
		}, f, args)
	}
	return cmd
}

// warnOfAddress says what another address does beyond the file.
func warnOfAddress(items []changed) []string {
	notes := []string{"a running 4D server follows once the command MOBILE APP REFRESH SESSIONS runs there"}
	for i := range items {
		if emailBefore(&items[i]) != "" {
			return append(notes, "another address detaches the user's pending actions in the app, until the same address logs in again")
		}
	}
	return notes
}

// maxAddress is the longest e-mail address that the daemon takes, in bytes.
const maxAddress = 1024
