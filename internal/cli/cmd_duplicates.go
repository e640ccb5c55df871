package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// duplicateListing is the JSON document of duplicates.
type duplicateListing struct {
	Duplicates []api.DuplicateGroup `json:"duplicates"`

	more bool
}

func (a *app) duplicates() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "duplicates [APP]",
		Short: "List the devices that have several sessions",
		Long: `Lists the devices that have several sessions, newest first; with APP, those that
have one in this app.

It is certain that sessions are of one device where its id and the application
are the same, as under TEAM.bundle and bundle. It is likely where app, e-mail
address, description of the device and OS are the same, as after the app was
installed again. Two devices may look so, too: look at likely ones one by one.

The newest is the one whose file was modified last. To log out all but the
newest of each device, use list --duplicate certain --keys.`,
		Annotations: exits(exitUnreachable, exitNoSession),
		Example: `  sessiond duplicates
  sessiond duplicates Contact --kind certain
  sessiond list --duplicate certain --keys | xargs sessiond delete`,
		Args:              takes(0, 1, "APP"),
		ValidArgsFunction: a.completeApps,
	}
	a.addSocket(cmd)
	output := addOutput(cmd)
	var query client.DuplicateQuery
	var limit int
	cmd.Flags().Var(filter{&query.Kind}, "kind", "only certain ones, or only likely ones")
	cmd.Flags().IntVar(&limit, "limit", 0, "list so many devices at most")
	stands(cmd, "kind", "certain|likely")
	stands(cmd, "limit", "N")
	offer(cmd, "kind", "certain", "likely")
	offer(cmd, "limit")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkLimit(cmd, limit); err != nil {
			return err
		}
		switch query.Kind {
		case "", "certain", "likely":
		default:
			return badValue(cmd, "kind", query.Kind, "must be certain or likely")
		}
		daemon, err := a.dial(cmd.Context(), cmd)
		if err != nil {
			return err
		}
		defer daemon.Close()
		var near []string
		if len(args) == 1 {
			if query.App, near, err = findApp(cmd.Context(), daemon, args[0]); err != nil {
				return err
			}
		}
		all, err := listDuplicates(cmd.Context(), daemon, query, limit)
		if err != nil {
			return err
		}
		if *output == formatTable && len(all.Duplicates) == 0 {
			a.tell("no device has several sessions%s", didYouMean(near))
			return nil
		}
		return a.show(*output, all, func(p *page) error {
			var keys []session.Key
			for _, g := range all.Duplicates {
				for i := range g.Sessions {
					keys = append(keys, g.Sessions[i].Session)
				}
			}
			var ids []string // shortened, for a terminal
			if p.width > 0 {
				if ids, err = shortIDs(cmd.Context(), daemon, keys, false); err != nil {
					return err
				}
			}
			p.duplicates(all.Duplicates, ids)
			p.total(len(all.Duplicates), all.more, "device has several sessions", "devices have several sessions")
			return nil
		})
	}
	return cmd
}

// listDuplicates is listAll for the devices that have several sessions.
func listDuplicates(ctx context.Context, daemon *client.Client, q client.DuplicateQuery, limit int) (all duplicateListing, err error) {
	all.Duplicates, all.more, err = follow(limit, func(limit int, cursor string) ([]api.DuplicateGroup, string, error) {
		q.Limit, q.Cursor = limit, cursor
		got, err := daemon.Duplicates(ctx, q)
		return got.Duplicates, got.Next, err
	})
	return all, err
}

// duplicates writes the sessions of each device below what is known of it: with whole keys,
// or on a terminal with shortened ids and the app folder beside the others.
func (p *page) duplicates(groups []api.DuplicateGroup, ids []string) {
	var rows [][]cell
	seen := slices.ContainsFunc(groups, func(g api.DuplicateGroup) bool { return wereSeen(g.Sessions) })
	columns := sessionColumns(seen)
	if ids != nil {
		columns = append(columns, column{title: "APP", least: 8, drop: 4})
	}
	for i := range groups {
		g := &groups[i]
		kind, style := "likely", plain
		if g.Certain {
			kind, style = "certain", warn
		}
		rows = append(rows, []cell{style.of("%s, %s", kind, count(g.Total, "session", "sessions"))})
		for j := range g.Sessions {
			s := &g.Sessions[j]
			if ids == nil {
				rows = append(rows, append([]cell{plain.of("%s", s.Session)}, p.sessionCells(s, seen)...))
				continue
			}
			rows = append(rows, append(append([]cell{plain.of("%s", ids[0])}, p.sessionCells(s, seen)...), plain.of("%s", s.App)))
			ids = ids[1:]
		}
	}
	p.grid(columns, rows)
}
