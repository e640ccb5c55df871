package cli

import "github.com/spf13/cobra"

func (a *app) replica() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replica",
		Short: "See to what is published to followers",
		Long: `A daemon that runs with --publish has followers on other machines; sessiond
status says how it and they are.`,
		Annotations:                exits(),
		Example:                    `  sessiond replica adopt`,
		Args:                       missingVerb,
		RunE:                       missingVerb,
		SuggestionsMinimumDistance: 2,
	}
	cmd.AddCommand(a.replicaAdopt())
	return cmd
}

func (a *app) replicaAdopt() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "adopt",
		Short: "Publish what removes many sessions at followers",
		Long: `A daemon that starts over files that lack many of the sessions that its
followers have publishes nothing: the folder may be the wrong one, or its disk
may not be mounted. Where the sessions are meant to be gone, this has it publish
what it has, and they end at the followers, too.`,
		Annotations: exits(exitUnreachable),
		Example: `  sessiond status
  sessiond replica adopt`,
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
		removed, err := daemon.Adopt(cmd.Context())
		if err != nil {
			return err
		}
		return a.show(*output, removed, func(p *page) error {
			p.line(plain.of("%s of %s end at the followers.", comma(removed.Removed), count(removed.Sessions, "session", "sessions")))
			return nil
		})
	}
	return cmd
}
