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

A file or folder that cannot be read, or does not come to rest while the pass
is waited for, could not be judged: the exit status is then 1, whatever else
is wrong and also with --allow-rejected. It is 3 where all was judged and
files are rejected.

Where another file system than before is mounted at the root or at an app
folder, or none any more, the daemon keeps all sessions. --take-root goes on
with what is there now: sessions whose files are not in it end.`,
		Annotations: exits(exitRejected, exitUnreachable),
		Example: `  sessiond refresh
  sessiond refresh --output json | jq '.errors[].session'
  sessiond refresh --take-root         # after the root moved to another disk
  sessiond refresh --allow-rejected    # as ExecReload= of a systemd unit`,
		Args: takesNothing,
	}
	a.addSocket(cmd)
	output := addOutput(cmd)
	allow := cmd.Flags().Bool("allow-rejected", false, "exit 0 although files are rejected")
	take := cmd.Flags().Bool("take-root", false, "take what is mounted at the root now as it is")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		daemon, err := a.dial(cmd.Context(), cmd)
		if err != nil {
			return err
		}
		defer daemon.Close()
		pass := daemon.Refresh
		if *take {
			pass = daemon.TakeRoot
		}
		report, err := pass(cmd.Context())
		if err != nil {
			return err
		}
		if err := a.showReport(*output, &report); err != nil {
			return err
		}
		return outcome(&report.Report, *allow)
	}
	return cmd
}
