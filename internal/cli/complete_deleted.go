package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"sessiond/internal/api"
	"sessiond/internal/client"
)

// described tells a session from others: by its e-mail address and its device.
func described(email, device string) string {
	if email == "" || device == "" {
		return email + device
	}
	return email + ", " + device
}

// completeDeletable completes what delete takes: keys as [app.completeKeys] does, and
// those of rejected files.
func (a *app) completeDeletable(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	keys, directive := a.completeKeys(cmd, args, typed)
	if typed == "" {
		return keys, directive
	}
	rejected := a.ask(cmd, func(ctx context.Context, daemon *client.Client) (found []candidate, err error) {
		some, err := listRejected(ctx, daemon, client.Query{Prefix: typed}, listPage)
		for i := range some.Files {
			file := &some.Files[i]
			name := file.Session.String()
			if !strings.HasPrefix(name, typed) {
				name = file.Session.ID
			}
			found = append(found, candidate{name, "rejected"})
		}
		return found, err
	})
	if len(rejected) > 0 {
		directive = cobra.ShellCompDirectiveNoFileComp
	}
	return append(keys, rejected...), directive
}

// completeTrashIDs completes the ids of deleted files.
func (a *app) completeTrashIDs(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	return a.askTrash(cmd, client.TrashQuery{}, func(item *api.TrashItem) string { return item.ID })
}

// completeTrashKey completes the one key of a deleted session.
func (a *app) completeTrashKey(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.completeTrashKeys(cmd, args, typed)
}

// completeTrashKeys completes keys of deleted sessions, or their ids.
func (a *app) completeTrashKeys(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	return a.askTrash(cmd, client.TrashQuery{Prefix: typed}, func(item *api.TrashItem) string {
		if strings.HasPrefix(item.Session.String(), typed) {
			return item.Session.String()
		}
		return item.Session.ID
	})
}

// askTrash asks the daemon for what is in the trash, no more than one page of it; each is
// named as name says, once, and described by e-mail address and device.
func (a *app) askTrash(cmd *cobra.Command, q client.TrashQuery, name func(*api.TrashItem) string) ([]string, cobra.ShellCompDirective) {
	q.Limit = listPage
	return a.ask(cmd, func(ctx context.Context, daemon *client.Client) (found []candidate, err error) {
		page, err := daemon.Trash(ctx, q)
		seen := make(map[string]bool)
		for i := range page.Items {
			item := &page.Items[i]
			if text := name(item); !seen[text] {
				seen[text] = true
				found = append(found, candidate{text, described(item.Email, item.Device)})
			}
		}
		return found, err
	}), cobra.ShellCompDirectiveNoFileComp
}
