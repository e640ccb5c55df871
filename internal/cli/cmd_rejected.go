package cli

import (
	"context"

	"github.com/spf13/cobra"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// rejectedListing is the JSON document of rejected.
type rejectedListing struct {
	Files []api.RejectedFile `json:"files"`

	more bool // there are more than were asked for
}

func (a *app) rejected() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rejected",
		Short: "List the session files that are not valid",
		Long: `Lists the session files that are rejected: what is wrong with each, since when
that is so, and what to do. Administrators see where the file is, too.

The exit status is 0 although files are rejected: check and refresh judge.`,
		Annotations: exits(exitUnreachable, exitNoSession),
		Example: `  sessiond rejected
  sessiond rejected --app Contact --output json | jq -r '.files[].detail'
  sessiond rejected --keys | xargs sessiond delete`,
		Args: takesNothing,
	}
	a.addSocket(cmd)
	output := addOutput(cmd)
	var query client.Query
	var limit int
	addApp(a, cmd, &query.App, "only files of this app")
	keys := cmd.Flags().Bool("keys", false, "write whole keys only, a line each")
	cmd.Flags().IntVar(&limit, "limit", 0, "list so many at most")
	stands(cmd, "limit", "N")
	offer(cmd, "limit")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := checkLimit(cmd, limit); err != nil {
			return err
		}
		if *keys && cmd.Flags().Changed("output") {
			return misused(cmd, "give either --keys or --output")
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
		all, err := listRejected(cmd.Context(), daemon, query, limit)
		if err != nil {
			return err
		}
		if *output == formatTable && len(all.Files) == 0 {
			a.tell("no such files: none is rejected%s", didYouMean(near))
			return nil
		}
		return a.show(*output, all, func(p *page) error {
			if *keys {
				p.keys(keysOfRejected(all.Files))
				return nil
			}
			p.rejected(all.Files)
			p.total(len(all.Files), all.more, "file is rejected", "files are rejected")
			return nil
		})
	}
	return cmd
}

// listRejected is listAll for the rejected files.
func listRejected(ctx context.Context, daemon *client.Client, q client.Query, limit int) (all rejectedListing, err error) {
	all.Files, all.more, err = follow(limit, func(limit int, cursor string) ([]api.RejectedFile, string, error) {
		q.Limit, q.Cursor = limit, cursor
		got, err := daemon.Rejected(ctx, q)
		return got.Files, got.Next, err
	})
	return all, err
}

func keysOfRejected(files []api.RejectedFile) []session.Key {
	keys := make([]session.Key, len(files))
	for i := range files {
		keys[i] = files[i].Session
	}
	return keys
}
