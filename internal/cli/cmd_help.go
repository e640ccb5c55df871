package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) help() *cobra.Command {
	return &cobra.Command{
		Use:         "help [COMMAND]",
		Short:       "Help about a command",
		Long:        "Prints what a command does, with examples, its flags and its exit statuses.",
		Annotations: exits(),
		Example:     "  sessiond help check",
		Args:        cobra.ArbitraryArgs,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			topic, _, err := cmd.Root().Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, verb := range topic.Commands() {
				if verb.IsAvailableCommand() && strings.HasPrefix(verb.Name(), typed) {
					names = append(names, cobra.CompletionWithDesc(verb.Name(), verb.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			topic, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return misused(cmd, "%q is not a command", args[len(args)-1])
			}
			topic.InitDefaultHelpFlag()
			return topic.Help()
		},
	}
}
