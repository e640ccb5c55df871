package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

func (a *app) open() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "open KEY… | --all | --since TIME",
		Short: "Admit sessions from their files",
		Long: `Checks the files of the sessions named, with the same checks as every pass,
and admits those that are valid; with --all, every valid file; with --since,
those that were removed since then. KEY is APPFOLDER/SESSIONID or its
beginning, as far as it is unique. TIME is 2006-01-02 15:04 or 15:04 today, in
local time, 2006-01-02T15:04:05Z, or how long ago it was, as 2h.

With KEYs, the JSON document is {"opened":[…],"errors":[…]}: sessions as list
shows them, and errors as a report has them. An error of the request itself,
such as a file that is not there, has the componentSignature "http" and the
HTTP status as its errCode. With --all and --since it is the report of the
pass.

Where something could not be judged, the exit status is 1, also where other
files are rejected.`,
		Annotations: exits(exitRejected, exitUnreachable, exitNoSession),
		Example: `  sessiond open Contact/7023d920
  sessiond open --all
  sessiond open --since 30m    # after a backup was copied back`,
		Args:              whatToOpen,
		ValidArgsFunction: a.completeUnadmitted,
	}
	a.addSocket(cmd)
	output := addOutput(cmd)
	all := cmd.Flags().Bool("all", false, "admit every valid file")
	var since moment
	cmd.Flags().Var(&since, "since", "admit again what was removed since then")
	offer(cmd, "since")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		from, err := since.at(a.now(), a.zone)
		if err != nil {
			return badValue(cmd, "since", since.String(), err.Error())
		}
		daemon, err := a.dial(cmd.Context(), cmd)
		if err != nil {
			return err
		}
		defer daemon.Close()
		switch {
		case *all:
			return a.openSome(cmd.Context(), *output, daemon.OpenAll)
		case since != "":
			return a.openSome(cmd.Context(), *output, func(ctx context.Context) (api.Report, error) {
				return daemon.OpenSince(ctx, from)
			})
		}
		keys, err := resolveKeys(cmd.Context(), daemon, args, keysUnadmitted)
		if err != nil {
			return err
		}
		return a.openKeys(cmd.Context(), daemon, *output, keys)
	}
	return cmd
}

// whatToOpen is the check of the arguments of open.
func whatToOpen(cmd *cobra.Command, args []string) error {
	ways := 0
	for _, given := range []bool{len(args) > 0, cmd.Flags().Changed("all"), cmd.Flags().Changed("since")} {
		if given {
			ways++
		}
	}
	switch ways {
	case 0:
		return misused(cmd, "KEY, --all or --since is missing")
	case 1:
		return takes(0, -1, "KEY")(cmd, args)
	}
	return misused(cmd, "give only one of KEYs, --all and --since")
}

// openSome shows the report of a pass that opens what the daemon finds.
func (a *app) openSome(ctx context.Context, f format, open func(context.Context) (api.Report, error)) error {
	report, err := open(ctx)
	if err != nil {
		return err
	}
	if err := a.showReport(f, &report); err != nil {
		return err
	}
	return outcome(&report.Report, false)
}

// opening is the JSON document of open with keys.
type opening struct {
	Opened []api.Opened      `json:"opened"`
	Errors []session.Problem `json:"errors"`
}

// openKeys opens one session after the other and shows what became of each. Only
// a daemon that cannot be reached keeps it from trying the next.
func (a *app) openKeys(ctx context.Context, daemon *client.Client, f format, keys []session.Key) error {
	var done opening
	var gravest error // failed before no such session
	for _, key := range keys {
		opened, err := daemon.Open(ctx, key)
		if err == nil {
			done.Opened = append(done.Opened, opened)
			continue
		}
		if errors.Is(err, client.ErrUnreachable) {
			if key == keys[0] {
				return err
			}
			gravest = err
			break
		}
		problem, judged := requestProblem(key, err)
		done.Errors = append(done.Errors, problem)
		if judged {
			continue
		}
		a.tell("sessiond: cannot open %s: %s", key, reasonOf(err))
		if isAway(err) {
			gravest = told{err}
			break
		}
		if gravest == nil || !errors.Is(err, client.ErrNotFound) {
			gravest = told{err}
		}
	}
	if err := a.show(f, done, func(p *page) error { p.opening(&done); return nil }); err != nil {
		return err
	}
	if n := len(done.Opened); n > 0 {
		a.tellVisible(done.Opened[n-1].Visible)
	}
	if gravest != nil {
		return gravest
	}
	return rejected(session.CountRejected(done.Errors))
}
