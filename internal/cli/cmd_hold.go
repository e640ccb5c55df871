package cli

import (
	"github.com/spf13/cobra"

	"sessiond/internal/session"
)

func (a *app) hold() *cobra.Command {
	return a.setStatus(session.StatusPending, changeWords{
		question: "Hold", done: "pending", same: "it is pending already", not: "not set to pending",
	}, &cobra.Command{
		Use:   "hold KEY… | FILTER…",
		Short: "Set sessions to pending, until they are accepted",
		Long: `Sets the status of sessions to pending in their files: the app stays on its
login page until they are accepted. ` + changeText + `

` + filterText + `

` + serverText,
		Example: `  sessiond hold 7023d920 --reason "lost phone"
  sessiond hold --domain example.com --dry-run`,
	})
}
