package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sessiond/internal/client"
	"sessiond/internal/session"
)

// completionLimit is how long a shell waits for the daemon's names. Where it has
// none to give by then, or there is no daemon, nothing is offered and nothing is
// said: a completion must not disturb the line that is being typed.
const completionLimit = 500 * time.Millisecond

// offer completes a flag with fixed values; none, where nothing can be offered,
// not even the files of the folder.
func offer(cmd *cobra.Command, flag string, values ...string) {
	err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag is not there: a mistake in this package
	}
}

// completeApps completes the one argument of list.
func (a *app) completeApps(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.appNames(cmd, ""), cobra.ShellCompDirectiveNoFileComp
}

// completeKey completes the one argument of show.
func (a *app) completeKey(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.completeKeys(cmd, args, typed)
}

// completeKeys completes ids, and keys: first the app folder, then the session.
func (a *app) completeKeys(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	app, _, found := strings.Cut(typed, "/")
	if !found {
		if ids := a.ids(cmd, typed); len(ids) > 0 {
			return ids, cobra.ShellCompDirectiveNoFileComp
		}
		return a.appNames(cmd, "/"), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	return a.keyNames(cmd, app), cobra.ShellCompDirectiveNoFileComp
}

// completeUnadmitted completes the keys of the files that are not in memory, no more
// than a page has of them: those in memory need not be opened.
func (a *app) completeUnadmitted(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	return a.ask(cmd, func(ctx context.Context, daemon *client.Client) (found []candidate, err error) {
		some, err := listAllUnadmitted(ctx, daemon, client.Query{Prefix: typed}, listPage)
		for _, file := range some.Files {
			found = append(found, candidate{name: file.Session.String()})
		}
		return found, err
	}), cobra.ShellCompDirectiveNoFileComp
}

// candidate is a name that may be meant, with what tells it from others.
type candidate struct{ name, description string }

// appNames asks the daemon for its app folders; each is described by the name
// of its application and followed by the ending given.
func (a *app) appNames(cmd *cobra.Command, ending string) []string {
	return a.ask(cmd, func(ctx context.Context, daemon *client.Client) (found []candidate, err error) {
		apps, err := daemon.Apps(ctx)
		for _, app := range apps {
			found = append(found, candidate{app.App + ending, app.Name})
		}
		return found, err
	})
}

// ids asks the daemon for the sessions whose id begins as was typed; each is described by
// e-mail address and device.
func (a *app) ids(cmd *cobra.Command, typed string) []string {
	if typed == "" {
		return nil
	}
	return a.ask(cmd, func(ctx context.Context, daemon *client.Client) (found []candidate, err error) {
		page, err := daemon.Sessions(ctx, client.Query{Prefix: typed, Limit: listPage})
		for i := range page.Sessions {
			if s := &page.Sessions[i]; strings.HasPrefix(s.ID, typed) {
				found = append(found, candidate{s.ID, described(s.Email, s.Device.Description)})
			}
		}
		return found, err
	})
}

// keyNames asks the daemon for the keys of one app folder, no more than one page
// of them; each is described by e-mail address and device.
func (a *app) keyNames(cmd *cobra.Command, app string) []string {
	return a.ask(cmd, func(ctx context.Context, daemon *client.Client) (found []candidate, err error) {
		page, err := daemon.Sessions(ctx, client.Query{Filter: session.Filter{App: app}, Limit: listPage})
		for i := range page.Sessions {
			s := &page.Sessions[i]
			found = append(found, candidate{s.Session.String(), described(s.Email, s.Device.Description)})
		}
		return found, err
	})
}

// ask returns the daemon's answer as cobra's scripts take it: a line each, name
// and description apart by a tab. A name that is not printable has no place on a
// command line; it is not offered.
func (a *app) ask(cmd *cobra.Command, question func(context.Context, *client.Client) ([]candidate, error)) []string {
	ctx, cancel := context.WithTimeout(cmd.Context(), completionLimit)
	defer cancel()
	daemon, err := a.dial(ctx, cmd)
	if err != nil {
		return nil
	}
	defer daemon.Close()
	found, err := question(ctx, daemon)
	if err != nil {
		return nil
	}
	var lines []string
	for _, c := range found {
		if printable(c.name) == c.name {
			lines = append(lines, cobra.CompletionWithDesc(c.name, printable(c.description)))
		}
	}
	return lines
}
