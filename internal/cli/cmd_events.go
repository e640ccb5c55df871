package cli

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"sessiond/internal/session"
)

func (a *app) events() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "events",
		Short: "Follow the changes of the sessions in memory",
		Long: `Writes one line for each session that is updated, removed or admitted, until
it is interrupted; with --output json, one JSON object a line. It begins with
the next change, or with the first after the REVISION given, which is best
written with the epoch of the daemon's run before it: EPOCH-REVISION. The
daemon refuses one that it no longer remembers, or of another run.`,
		Annotations: exits(exitUnreachable),
		Example: `  sessiond events
  sessiond events --output json | jq -r 'select(.action == "removed").session'
  sessiond events --since "$(sessiond list --output json |
    jq -r '"\(.epoch)-\(.revision)"')"`,
		Args: takesNothing,
	}
	a.addSocket(cmd)
	output := addOutput(cmd)
	var from position
	cmd.Flags().Var(&from, "since", "begin after this revision")
	offer(cmd, "since")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		daemon, err := a.dial(cmd.Context(), cmd)
		if err != nil {
			return err
		}
		defer daemon.Close()
		var since *session.Position
		if cmd.Flags().Changed("since") {
			since = &from.Position
		}
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		err = daemon.Follow(ctx, since, a.sayFollowing, func(e session.Event) error { return a.showEvent(*output, &e) })
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return errors.New("the changes break off here: the daemon ended, or it cut this reader off for being too slow")
		}
		return err
	}
	return cmd
}

// sayFollowing tells a person that nothing more comes until something changes.
func (a *app) sayFollowing() {
	if terminalWidth(a.Err) > 0 {
		a.tell("following the changes of the sessions in memory; Ctrl-C ends it")
	}
}
