package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// listPage is how many sessions list asks for at a time: the most the daemon
// gives.
const listPage = 1000

// listing is the JSON document of list. Revision is that of the moment before
// the first session was read, so that events --since misses nothing.
type listing struct {
	Sessions []api.Summary `json:"sessions"`
	Revision uint64        `json:"revision"`
}

func (a *app) list() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list [APP]",
		Short: "List the sessions in memory",
		Long: `Lists the sessions in memory, sorted by key; with APP, those of one app. APP is the
name of its folder, its application.id or its name, or the beginning of one of them.
The JSON document's revision can be given to events --since.`,
		Annotations: exits(exitUnreachable),
		Example: `  sessiond list
  sessiond list Contact --status pending
  sessiond list --email anna@example.com --output json`,
		Args:              takes(0, 1, "APP"),
		ValidArgsFunction: a.completeApps,
	}
	a.addSocket(cmd)
	output := addOutput(cmd)
	var q client.Query
	cmd.Flags().Var(filter{&q.Status}, "status", "only sessions with this status")
	cmd.Flags().Var(filter{&q.Email}, "email", "only sessions of this address, in any letter case")
	stands(cmd, "status", session.StatusAccepted+"|"+session.StatusPending)
	stands(cmd, "email", "E-MAIL")
	offer(cmd, "status", session.StatusAccepted, session.StatusPending)
	offer(cmd, "email")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkQuery(cmd, q); err != nil {
			return err
		}
		daemon, err := a.dial(cmd.Context(), cmd)
		if err != nil {
			return err
		}
		defer daemon.Close()
		var near []string
		if len(args) == 1 {
			q.App, near, err = findApp(cmd.Context(), daemon, args[0])
			if err != nil {
				return err
			}
		}
		all, err := listAll(cmd.Context(), daemon, q)
		if err != nil {
			return err
		}
		if *output == formatTable && len(all.Sessions) == 0 {
			a.tell("no such sessions in memory%s", didYouMean(near))
			return nil
		}
		return a.show(*output, all, func(p *page) error { p.sessions(all.Sessions); return nil })
	}
	return cmd
}

// findApp returns the app folder that is meant by text. The name of one that has
// nothing in memory is taken as it is, since sessions come and go; near are the apps
// that may be meant then.
func findApp(ctx context.Context, daemon *client.Client, text string) (folder string, near []string, err error) {
	folder, err = resolveApp(ctx, daemon, text)
	if errors.Is(err, client.ErrNotFound) && session.IsAppFolderName(text) {
		return text, suggested(err), nil
	}
	return folder, nil, err
}

// checkQuery refuses what can never be found.
func checkQuery(cmd *cobra.Command, q client.Query) error {
	switch q.Status {
	case "", session.StatusAccepted, session.StatusPending:
		return nil
	}
	return badValue(cmd, "status", q.Status, "must be "+session.StatusAccepted+" or "+session.StatusPending)
}

// listAll follows the pages of a listing to the end.
func listAll(ctx context.Context, daemon *client.Client, q client.Query) (listing, error) {
	var all listing
	q.Limit = listPage
	for first := true; ; first = false {
		got, err := daemon.Sessions(ctx, q)
		if err != nil {
			return listing{}, err
		}
		if first {
			all.Revision = got.Revision
		}
		all.Sessions = append(all.Sessions, got.Sessions...)
		if got.Next == "" {
			return all, nil
		}
		q.Cursor = got.Next
	}
}
