package cli

import (
	"github.com/spf13/cobra"
)

func (a *app) refresh() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "refresh",
		Short: "Check every session file now",
		Long: `Asks the daemon for a full pass over the MobileApps folder, waits for it and
prints its report. The pass begins after the request, so everything that was
edited before is seen.

A file or folder that cannot be read, or does not come to rest while the pass is
waited for, could not be judged: the exit status is then 1, whatever else is wrong
and also with --allow-rejected. It is 3 where all was judged and files are rejected.`,
		Annotations: exits(exitRejected, exitUnreachable),
		Example: `  sessiond refresh
  sessiond refresh --output json | jq '.errors[].session'
  sessiond refresh --allow-rejected    # as ExecReload= of a systemd unit`,
		Args: takesNothing,
	}
	a.addSocket(cmd)
	output := addOutput(cmd)
	allow := cmd.Flags().Bool("allow-rejected", false, "exit 0 although files are rejected")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		daemon, err := a.dial(cmd.Context(), cmd)
		if err != nil {
			return err
		}
		defer daemon.Close()
		report, err := daemon.Refresh(cmd.Context())
		if err != nil {
			return err
		}
		if err := a.showReport(*output, &report); err != nil {
			return err
		}
		return outcome(&report, *allow)
	}
	return cmd
}
