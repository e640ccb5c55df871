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
		Use:   "accept KEY… | FILTER…",
		Short: "Accept pending sessions",
		Long: `Sets the status of sessions to accepted in their files. ` + changeText + `

` + filterText + `

` + serverText,
		Example: `  sessiond accept 7023d920
  sessiond accept --status pending --domain example.com --reason "ticket 4711"
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

	filterText = `In place of keys, filters say which of the sessions in memory are meant, up to
20,000: those that fit all of them.`

	serverText = `A running 4D server follows once the command MOBILE APP REFRESH SESSIONS runs
there.`
)

// setStatus completes a command that sets the status of sessions.
func (a *app) setStatus(status string, words changeWords, cmd *cobra.Command) *cobra.Command {
	cmd.Annotations = exits(exitRejected, exitUnreachable, exitNoSession)
	cmd.ValidArgsFunction = a.completeKeys
	f, filters := a.addChange(cmd), a.addFilters(cmd)
	cmd.Args = takesKeysOrFilter(filters)
	c := &change{words: words, set: api.Set{Status: &status}}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if filters.isGiven() {
			return a.changeSelected(cmd, c, f, filters)
		}
		return a.changeSessions(cmd, c, f, args)
	}
	return cmd
}
