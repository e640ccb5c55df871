package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sessiond/internal/client"
	"sessiond/internal/session"
)

// suggestionLimit is how long a key is looked for that may be meant.
const suggestionLimit = 5 * time.Second

func (a *app) showSession() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show KEY",
		Short: "Show one session in memory",
		Long: `Shows one session in memory and the content of its file as it was loaded,
without the tokens. KEY is APPFOLDER/SESSIONID, as list shows it; the whole key
is needed, which logs shorten.`,
		Annotations: exits(exitUnreachable, exitNoSession),
		Example: `  sessiond show UTT7VDX8W5.com.contactApp.Contact/7023d9205074199d1c16fc00d24354e778137675
  sessiond show -o json com.example.orders/0b7c1f5e9a24d8836c5fd1e2a0937b4468ce5d10 | jq .content`,
		Args:              takes(1, 1, "KEY"),
		ValidArgsFunction: a.completeKey,
	}
	a.addSocket(cmd)
	output := addOutput(cmd)
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
		detail, err := daemon.Session(cmd.Context(), keys[0])
		if errors.Is(err, client.ErrNotFound) {
			return withSuggestion(cmd.Context(), daemon, keys[0], err)
		}
		if err != nil {
			return err
		}
		return a.show(*output, detail, func(p *page) error { return p.session(&detail.Summary, detail.Content) })
	}
	return cmd
}

// withSuggestion adds to the error of a key that is not in memory the one that
// may be meant: logs show only the beginning of keys.
func withSuggestion(ctx context.Context, daemon *client.Client, key session.Key, err error) error {
	ctx, cancel := context.WithTimeout(ctx, suggestionLimit)
	defer cancel()
	if meant, ok := begunBy(ctx, daemon, key); ok {
		return fmt.Errorf("%w; did you mean %s?", err, meant)
	}
	return err
}

// begunBy returns the one key in memory that begins with a shortened one.
func begunBy(ctx context.Context, daemon *client.Client, short session.Key) (meant session.Key, ok bool) {
	beginning := strings.TrimSuffix(short.ID, "…")
	for one, err := range daemon.AllSessions(ctx, client.Query{App: short.App, Limit: listPage}) {
		switch {
		case err != nil:
			return session.Key{}, false
		case !strings.HasPrefix(one.Session.ID, beginning):
		case ok: // a second one
			return session.Key{}, false
		default:
			meant, ok = one.Session, true
		}
	}
	return meant, ok
}
