package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

func (a *app) showSession() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show KEY",
		Short: "Show one session in memory",
		Long: `Shows one session in memory and the content of its file as it was loaded,
without the tokens. KEY is APPFOLDER/SESSIONID, as list shows it, or its
beginning, as far as it is unique: the app folder may be left out, and the
app's name or application.id may stand in its place.`,
		Annotations: exits(exitUnreachable, exitNoSession),
		Example: `  sessiond show 7023d920
  sessiond show Contact/7023
  sessiond show -o json UTT7VDX8W5.com.contactApp.Contact/7023d920 | jq .content`,
		Args:              takes(1, 1, "KEY"),
		ValidArgsFunction: a.completeKey,
	}
	a.addSocket(cmd)
	output := addOutput(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		daemon, err := a.dial(cmd.Context(), cmd)
		if err != nil {
			return err
		}
		defer daemon.Close()
		detail, err := findSession(cmd.Context(), daemon, args[0])
		if err != nil {
			return err
		}
		return a.show(*output, detail, func(p *page) error { return p.session(&detail.Summary, detail.Content) })
	}
	return cmd
}

// findSession returns the session that a person means by text.
func findSession(ctx context.Context, daemon *client.Client, text string) (api.Detail, error) {
	key, unknown := resolveKey(ctx, daemon, text)
	if unknown == nil {
		return daemon.Session(ctx, key)
	}
	key, err := session.ParseKey(text)
	if err != nil || !errors.Is(unknown, client.ErrNotFound) {
		return api.Detail{}, unknown
	}
	// Of a whole key, the daemon may know why it is not in memory.
	detail, err := daemon.Session(ctx, key)
	if errors.Is(err, client.ErrNotFound) {
		err = fmt.Errorf("%w%s", err, didYouMean(suggested(unknown)))
	}
	return detail, err
}
