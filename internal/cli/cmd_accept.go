package cli

import (
	"github.com/spf13/cobra"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

func (a *app) accept() *cobra.Command {
	return a.setStatus(session.StatusAccepted, changeWords{
		question: "Accept", done: "accepted", same: "it is accepted already", not: "not accepted",
	}, &cobra.Command{
		Use:   "accept KEY…",
		Short: "Accept pending sessions",
		Long: `Sets the status of sessions to accepted in their files. ` + changeText + `

` + serverText,
		Example: `  sessiond accept 7023d920
  sessiond list --status pending --keys | xargs sessiond accept --yes
  sessiond accept --dry-run Contact/7023`,
	})
}

// What the help says of every command that changes sessions.
const (
	changeText = `KEY is
APPFOLDER/SESSIONID or its beginning, as far as it is unique.

It shows what it is about to do and asks; where there is no terminal, --yes must
be given. A file that somebody changes after it was shown is left alone. Where
one session cannot be changed, the others are; the exit status tells then.

The JSON document is {"sessions":[…],"errors":[…]}: what became of each, and
errors as open has them. Hints and warnings are on standard error.`

	serverText = `A running 4D server follows once the command MOBILE APP REFRESH SESSIONS runs
there.`
)

// setStatus completes a command that sets the status of sessions.
func (a *app) setStatus(status string, words changeWords, cmd *cobra.Command) *cobra.Command {
	cmd.Annotations = exits(exitRejected, exitUnreachable, exitNoSession)
	cmd.Args = takes(1, -1, "KEY")
	cmd.ValidArgsFunction = a.completeKeys
	f := a.addChange(cmd)
	c := &change{words: words, set: api.Set{Status: &status}}
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return a.changeSessions(cmd, c, f, args) }
	return cmd
}
