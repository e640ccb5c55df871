package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"sessiond/internal/client"
	"sessiond/internal/session"
)

func (a *app) open() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "open KEY… | --all",
		Short: "Admit sessions from their files",
		Long: `Checks the files of the sessions named, with the same checks as every pass, and
admits those that are valid; with --all, every valid file. KEY is
APPFOLDER/SESSIONID.

With KEYs, the JSON document is {"opened":[…],"errors":[…]}: sessions as list
shows them, and errors as a report has them. An error of the request itself, such
as a file that is not there, has the componentSignature "http" and the HTTP status
as its errCode. With --all it is the report of the pass.

Where something could not be judged, the exit status is 1, also where other files
are rejected.`,
		Annotations: exits(exitRejected, exitUnreachable, exitNoSession),
		Example: `  sessiond open UTT7VDX8W5.com.contactApp.Contact/7023d9205074199d1c16fc00d24354e778137675
  sessiond open --all`,
		Args:              keysOrAll,
		ValidArgsFunction: a.completeKeys,
	}
	a.addSocket(cmd)
	output := addOutput(cmd)
	all := cmd.Flags().Bool("all", false, "admit every valid file")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		keys, err := parseKeys(cmd, args)
		if err != nil {
			return err
		}
		daemon, err := a.dial(cmd.Context(), cmd)
		if err != nil {
			return err
		}
		defer daemon.Close()
		if *all {
			return a.openAll(cmd.Context(), daemon, *output)
		}
		return a.openKeys(cmd.Context(), daemon, *output, keys)
	}
	return cmd
}

// keysOrAll is the check of the arguments of open.
func keysOrAll(cmd *cobra.Command, args []string) error {
	all := cmd.Flags().Changed("all")
	switch {
	case all && len(args) > 0:
		return misused(cmd, "give either KEYs or --all")
	case !all && len(args) == 0:
		return misused(cmd, "KEY or --all is missing")
	}
	return nil
}

func (a *app) openAll(ctx context.Context, daemon *client.Client, f format) error {
	report, err := daemon.OpenAll(ctx)
	if err != nil {
		return err
	}
	if err := a.showReport(f, &report); err != nil {
		return err
	}
	return outcome(&report, false)
}

// opening is the JSON document of open with keys.
type opening struct {
	Opened []session.Summary `json:"opened"`
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
		problem, judged := openProblem(key, err)
		done.Errors = append(done.Errors, problem)
		if judged {
			continue
		}
		a.tell("sessiond: cannot open %s: %s", key, err)
		if gravest == nil || !errors.Is(err, client.ErrNotFound) {
			gravest = told{err}
		}
	}
	if err := a.show(f, done, func(p *page) error { p.opening(&done); return nil }); err != nil {
		return err
	}
	if gravest != nil {
		return gravest
	}
	return rejected(session.CountRejected(done.Errors))
}

// openProblem returns what the daemon said about one key as an error of a
// report, and whether it is a verdict about the file.
func openProblem(key session.Key, err error) (problem session.Problem, judged bool) {
	answer := &client.ProblemError{Title: err.Error()}
	if errors.As(err, &answer) && answer.Rejected != nil {
		return *answer.Rejected, true
	}
	return session.Problem{
		ErrCode: answer.Status, ComponentSignature: "http",
		Message: answer.Title, Session: key, Detail: answer.Detail,
	}, false
}
