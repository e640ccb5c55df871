package cli

import (
	"github.com/spf13/cobra"

	"sessiond/internal/api"
)

func (a *app) apps() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "apps",
		Short: "List the apps",
		Long: `Lists the app folders that have a session in memory or a rejected file, with the
name of the app and the numbers of both. The other commands take an app by its
folder, its application.id or its name.`,
		Annotations: exits(exitUnreachable),
		Example: `  sessiond apps
  sessiond apps --output json | jq -r '.apps[] | select(.pending > 0).app'`,
		Args: takesNothing,
	}
	a.addSocket(cmd)
	output := addOutput(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		daemon, err := a.dial(cmd.Context(), cmd)
		if err != nil {
			return err
		}
		defer daemon.Close()
		found, err := daemon.Apps(cmd.Context())
		if err != nil {
			return err
		}
		if *output == formatTable && len(found) == 0 {
			a.tell("no app has a session in memory or a rejected file")
			return nil
		}
		return a.show(*output, api.Apps{Apps: found}, func(p *page) error { p.apps(found); return nil })
	}
	return cmd
}

// apps writes the apps.
func (p *page) apps(found []api.App) {
	rows := make([][]cell, len(found))
	for i := range found {
		app := &found[i]
		rejected := plain
		if app.Rejected > 0 {
			rejected = bad
		}
		rows[i] = []cell{
			plain.of("%s", app.App), plain.of("%s", orDash(app.Name)),
			plain.of("%s", comma(app.Sessions)), plain.of("%s", comma(app.Pending)), rejected.of("%s", comma(app.Rejected)),
		}
	}
	p.grid([]column{
		{title: "APP", least: 24},
		{title: "NAME", least: 8, drop: 1},
		{title: "SESSIONS"},
		{title: "PENDING"},
		{title: "REJECTED"},
	}, rows)
}
