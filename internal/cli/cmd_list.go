package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

// listing is the JSON document of list. Epoch and Revision are those of the moment before
// the first session was read, so that events --since misses nothing.
type listing struct {
	Sessions []api.Summary `json:"sessions"`
	Epoch    session.Epoch `json:"epoch"`
	Revision uint64        `json:"revision"`

	more bool // there are more than were asked for
}

// unadmittedListing is the JSON document of list --not-in-memory.
type unadmittedListing struct {
	Files []session.UnadmittedFile `json:"files"`

	more bool
}

// listFlags are what list is asked for.
type listFlags struct {
	query       client.Query
	filter      *filterFlags
	sort        string
	output      *format
	keys        bool
	notInMemory bool
	limit       int
}

func (a *app) list() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list [APP]",
		Short: "List the sessions in memory",
		Long: `Lists the sessions in memory, sorted by key or as --sort says; with APP, those
of one app. APP is the name of its folder, its application.id or its name, or
the beginning of one of them.

All filters that are given must hold. Upper and lower case are the same in all
but APP and --status. With --duplicate, the newest session of each device is
left out; the help of duplicates says what these are.

On a terminal, ids are shortened as far as they are unique: show and open take
them so. Elsewhere, and with --keys, keys are whole.

With --not-seen 30d it lists those that no gateway has let through for thirty
days: the daemon must have checked tokens for so long. A session that was never
seen counts by when its file was modified, which a log-in does.

With --not-in-memory it lists the valid files whose sessions are not in memory,
which open admits.

The JSON document's epoch and revision can be given to events --since.`,
		Annotations: exits(exitUnreachable, exitNoSession),
		Example: `  sessiond list
  sessiond list Contact --status accepted
  sessiond list --status pending --domain example.com
  sessiond list --match 'anna iphone' --sort -modified
  sessiond list --modified-before 2160h
  sessiond list --email '*@example.com' --output json
  sessiond list --not-seen 60d --keys
  sessiond list --not-in-memory --keys | xargs sessiond open`,
		Args:              takes(0, 1, "APP"),
		ValidArgsFunction: a.completeApps,
	}
	a.addSocket(cmd)
	f := listFlags{output: addOutput(cmd)}
	f.filter = a.addFilters(cmd)
	cmd.Flags().Var(filter{&f.sort}, "sort", "sort by key, email, status, device, modified, loaded or seen; with - before it, in descending order")
	cmd.Flags().BoolVar(&f.keys, "keys", false, "write whole keys only, a line each")
	cmd.Flags().BoolVar(&f.notInMemory, "not-in-memory", false, "list the valid files that are not in memory")
	cmd.Flags().IntVar(&f.limit, "limit", 0, "list so many at most")
	stands(cmd, "sort", "FIELD")
	stands(cmd, "limit", "N")
	offer(cmd, "sort", sortNames()...)
	offer(cmd, "limit")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := f.check(a, cmd, args); err != nil {
			return err
		}
		daemon, err := a.dial(cmd.Context(), cmd)
		if err != nil {
			return err
		}
		defer daemon.Close()
		var near []string
		if len(args) == 1 {
			f.query.App = args[0]
		}
		if f.query.App, near, err = findGivenApp(cmd.Context(), daemon, f.query.App); err != nil {
			return err
		}
		if f.notInMemory {
			return a.listUnadmitted(cmd.Context(), daemon, &f)
		}
		return a.listSessions(cmd.Context(), daemon, &f, near)
	}
	return cmd
}

// check reads the filter and the order, and refuses what does not go together.
func (f *listFlags) check(a *app, cmd *cobra.Command, args []string) (err error) {
	if f.query.Filter, err = f.filter.read(cmd, a.now(), a.zone); err != nil {
		return err
	}
	if f.sort != "" {
		if f.query.Sort, err = session.ParseSort(f.sort); err != nil {
			return misused(cmd, "%v", err)
		}
	}
	switch {
	case cmd.Flags().Changed("limit") && f.limit < 1:
		return badValue(cmd, "limit", cmd.Flags().Lookup("limit").Value.String(), "must be 1 or more")
	case f.keys && cmd.Flags().Changed("output"):
		return misused(cmd, "give either --keys or --output")
	case len(args) == 1 && f.query.App != "":
		return misused(cmd, "give either APP or --app")
	case f.notInMemory && f.query != (client.Query{Filter: session.Filter{App: f.query.App}}):
		return misused(cmd, "--not-in-memory goes with no filter and no --sort: it lists files, not sessions")
	}
	return nil
}

// sortNames returns what a list can be sorted by, in both directions.
func sortNames() (names []string) {
	for _, field := range session.SortFields() {
		names = append(names, string(field), "-"+string(field))
	}
	return names
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

func (a *app) listSessions(ctx context.Context, daemon *client.Client, f *listFlags, near []string) error {
	all, err := listAll(ctx, daemon, f.query, f.limit)
	if err != nil {
		return err
	}
	keys := make([]session.Key, len(all.Sessions))
	for i := range all.Sessions {
		keys[i] = all.Sessions[i].Session
	}
	if *f.output == formatTable && len(keys) == 0 {
		a.tell("no such sessions in memory%s", didYouMean(near))
		return nil
	}
	return a.show(*f.output, all, func(p *page) error {
		switch {
		case f.keys:
			p.keys(keys)
			return nil
		case p.width == 0:
			p.sessions(all.Sessions)
			return nil
		}
		ids, err := shortIDs(ctx, daemon, keys, f.query == client.Query{} && !all.more)
		if err != nil {
			return err
		}
		if f.query.Sort == (session.Sort{}) {
			p.sessionsByApp(all.Sessions, ids)
		} else {
			p.sessionsInOrder(all.Sessions, ids)
		}
		p.total(len(keys), all.more, "session", "sessions")
		return nil
	})
}

// listAll returns the sessions of all pages, or so many of a limit above 0.
func listAll(ctx context.Context, daemon *client.Client, q client.Query, limit int) (all listing, err error) {
	all.Sessions, all.more, err = follow(limit, func(limit int, cursor string) ([]api.Summary, string, error) {
		q.Limit, q.Cursor = limit, cursor
		got, err := daemon.Sessions(ctx, q)
		if cursor == "" {
			all.Epoch, all.Revision = got.Epoch, got.Revision
		}
		return got.Sessions, got.Next, err
	})
	return all, err
}

func (a *app) listUnadmitted(ctx context.Context, daemon *client.Client, f *listFlags) error {
	all, err := listAllUnadmitted(ctx, daemon, f.query, f.limit)
	if err != nil {
		return err
	}
	if *f.output == formatTable && len(all.Files) == 0 {
		a.tell("no such files: all valid ones are in memory")
		return nil
	}
	return a.show(*f.output, all, func(p *page) error {
		if f.keys {
			p.keys(keysOf(all.Files))
			return nil
		}
		p.unadmitted(all.Files)
		p.total(len(all.Files), all.more, "valid file is not in memory", "valid files are not in memory")
		return nil
	})
}

func keysOf(files []session.UnadmittedFile) []session.Key {
	keys := make([]session.Key, len(files))
	for i := range files {
		keys[i] = files[i].Session
	}
	return keys
}

// listAllUnadmitted is listAll for the files that are not in memory.
func listAllUnadmitted(ctx context.Context, daemon *client.Client, q client.Query, limit int) (all unadmittedListing, err error) {
	all.Files, all.more, err = follow(limit, func(limit int, cursor string) ([]session.UnadmittedFile, string, error) {
		q.Limit, q.Cursor = limit, cursor
		got, err := daemon.Unadmitted(ctx, q)
		return got.Files, got.Next, err
	})
	return all, err
}
