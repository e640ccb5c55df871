package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

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
		page, err := daemon.Rejected(ctx, client.Query{Prefix: typed, Limit: listPage})
		for i := range page.Files {
			file := &page.Files[i]
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
