package cli

import "github.com/spf13/cobra"

func (a *app) deleteSessions() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "delete KEY… | FILTER…",
		Short: "Log sessions out: delete their files",
		Long: `Deletes session files, which logs their users out; also those of rejected files
and of sessions that are not in memory. The files go to the trash, from where
restore brings them back; with --no-trash, they are gone for good. ` + changeText + `

` + filterText + `

A running 4D server may write the file of a session again that it has in memory:
the daemon says so then. More than ten are deleted once their number is typed.`,
		Annotations: exits(exitRejected, exitUnreachable, exitNoSession),
		Example: `  sessiond delete 7023d920
  sessiond delete --yes --reason "left the company" Contact/7023d920
  sessiond delete --email anna@example.com --dry-run
  sessiond rejected --keys | xargs sessiond delete --dry-run`,
		ValidArgsFunction: a.completeDeletable,
	}
	f, filters := a.addChange(cmd), a.addFilters(cmd)
	cmd.Args = takesKeysOrFilter(filters)
	noTrash := cmd.Flags().Bool("no-trash", false, "delete for good")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c := &change{
			words: changeWords{
				question: "Log out", done: "deleted",
				same: "it is deleted already", not: "not deleted",
			},
			deletes: true, noTrash: *noTrash,
		}
		if *noTrash {
			c.warn = func([]changed) []string {
				return []string{"nothing goes to the trash: what is deleted is gone for good"}
			}
		}
		if filters.isGiven() {
			return a.changeSelected(cmd, c, f, filters)
		}
		return a.changeSessions(cmd, c, f, args)
	}
	return cmd
}
