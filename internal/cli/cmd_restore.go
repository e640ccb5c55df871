package cli

import (
	"context"

	"github.com/spf13/cobra"

	"sessiond/internal/api"
	"sessiond/internal/client"
)

func (a *app) restore() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "restore ID…",
		Short: "Bring deleted sessions back from the trash",
		Long: `Writes deleted session files again and opens their sessions. ID is that of a
file in the trash or its beginning, as far as it is unique, or the beginning of
its last part. Nothing is written over: where there is a file of the session
again, that stays.

The JSON document is that of accept.`,
		Annotations: exits(exitRejected, exitUnreachable, exitNoSession),
		Example: `  sessiond restore 20261122-181500-5f0c3a9e
  sessiond restore 5f0c --dry-run`,
		Args:              takes(1, -1, "ID"),
		ValidArgsFunction: a.completeTrashIDs,
	}
	f := a.addRequest(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		daemon, err := a.dial(cmd.Context(), cmd)
		if err != nil {
			return err
		}
		defer daemon.Close()
		items, err := resolveDeleted(cmd.Context(), daemon, args)
		if err != nil {
			return err
		}
		return a.restoreItems(cmd.Context(), daemon, f, items)
	}
	return cmd
}

// restoreItems brings one file after the other back.
func (a *app) restoreItems(ctx context.Context, daemon *client.Client, f *changeFlags, items []api.TrashItem) error {
	words := changeWords{done: "restored", not: "not restored", same: "it is there already"}
	if f.dryRun {
		words.done = "would be restored"
	}
	r := &changeRun{app: a, daemon: daemon, change: &change{words: words, restores: true}}
	all := changes{DryRun: f.dryRun, Sessions: []changed{}}
	for _, item := range items {
		edit, err := daemon.Restore(ctx, item.ID, client.EditOptions{DryRun: f.dryRun, Reason: f.reason.text})
		if err != nil {
			r.failed(item.Session, err)
		} else {
			all.Sessions = append(all.Sessions, changed{item.Session, edit})
		}
		if r.unreachable != nil {
			break
		}
	}
	r.hints(all.Sessions)
	return r.end(*f.output, all)
}
