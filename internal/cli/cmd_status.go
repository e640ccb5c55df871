package cli

import "github.com/spf13/cobra"

func (a *app) status() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show the daemon's state",
		Long: `Says in the first line how the daemon is: OK, OK but for something, or
degraded. Then comes what is wrong or odd, where, since when, and what to do
about it, files with the same problem together, and then what runs and since
when, the MobileApps folder, how sessions are admitted and changes noticed,
what is in memory, and the last pass.

The exit status is 0 however the daemon is, as long as it answers.

A second check of what a pass could not judge does not count as the last pass.
With --output json, the lists of errors and of what is unsettled have 100
entries at most, and notInMemoryFiles 20; errorsTotal, unsettledTotal,
rejectedByCode and notInMemory say how many there are.`,
		Annotations: exits(exitUnreachable),
		Example: `  sessiond status
  sessiond status --output json | jq .busy`,
		Args: takesNothing,
	}
	a.addSocket(cmd)
	output := addOutput(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		daemon, err := a.dial(cmd.Context(), cmd)
		if err != nil {
			return err
		}
		defer daemon.Close()
		status, err := daemon.Status(cmd.Context())
		if err != nil {
			return err
		}
		return a.show(*output, status, func(p *page) error { p.status(&status); return nil })
	}
	return cmd
}
