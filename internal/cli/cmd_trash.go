package cli

import (
	"context"

	"github.com/spf13/cobra"

	"sessiond/internal/api"
	"sessiond/internal/client"
)

// trashListing is the JSON document of trash.
type trashListing struct {
	Items      []api.TrashItem `json:"items"`
	Unreadable int             `json:"unreadable,omitzero"`

	more bool // there are more than were asked for
}

func (a *app) trash() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "trash",
		Short: "List the deleted session files",
		Long: `Lists the session files in the trash, the newest first, with the moment from
which the daemon may remove each for good. On a terminal, an id is shortened to
its last part, which restore takes.`,
		Annotations: exits(exitUnreachable, exitNoSession),
		Example: `  sessiond trash
  sessiond trash --email anna@example.com
  sessiond trash --output json | jq -r '.items[].id' | xargs sessiond restore`,
		Args: missingVerbOrNone,

		SuggestionsMinimumDistance: 2,
	}
	cmd.Annotations[runsItself] = "yes"
	a.addSocket(cmd)
	output := addOutput(cmd)
	var query client.TrashQuery
	var limit int
	addApp(a, cmd, &query.App, "only files of this app")
	cmd.Flags().Var(filter{&query.Prefix}, "session", "only files whose key or id begins so")
	cmd.Flags().Var(filter{&query.Email}, "email", "only files of this address")
	cmd.Flags().IntVar(&limit, "limit", 0, "list so many at most")
	stands(cmd, "session", "KEY")
	stands(cmd, "email", "E-MAIL")
	stands(cmd, "limit", "N")
	offer(cmd, "email")
	offer(cmd, "limit")
	completes(cmd, "session", a.completeTrashKeys)
	cmd.AddCommand(a.purge())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := checkLimit(cmd, limit); err != nil {
			return err
		}
		daemon, err := a.dial(cmd.Context(), cmd)
		if err != nil {
			return err
		}
		defer daemon.Close()
		var near []string
		if query.App, near, err = findGivenApp(cmd.Context(), daemon, query.App); err != nil {
			return err
		}
		all, err := listTrash(cmd.Context(), daemon, query, limit)
		if err != nil {
			return err
		}
		if all.Unreadable > 0 {
			a.tell("warning: %s of the trash cannot be read", count(all.Unreadable, "file", "files"))
		}
		if *output == formatTable && len(all.Items) == 0 {
			a.tell("nothing of that is in the trash%s", didYouMean(near))
			return nil
		}
		return a.show(*output, all, func(p *page) error {
			p.trash(all.Items)
			p.total(len(all.Items), all.more, "deleted file", "deleted files")
			return nil
		})
	}
	return cmd
}

// listTrash is listAll for the trash.
func listTrash(ctx context.Context, daemon *client.Client, q client.TrashQuery, limit int) (all trashListing, err error) {
	all.Items, all.more, err = follow(limit, func(limit int, cursor string) ([]api.TrashItem, string, error) {
		q.Limit, q.Cursor = limit, cursor
		got, err := daemon.Trash(ctx, q)
		all.Unreadable = max(all.Unreadable, got.Unreadable)
		return got.Items, got.Next, err
	})
	return all, err
}
