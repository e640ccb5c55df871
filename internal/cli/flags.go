package cli

import (
	"context"

	"github.com/spf13/cobra"

	"sessiond/internal/client"
)

// addApp gives a command the flag --app.
func addApp(a *app, cmd *cobra.Command, value *string, usage string) {
	cmd.Flags().Var(filter{value}, "app", usage)
	stands(cmd, "app", "APP")
	completes(cmd, "app", func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return a.appNames(cmd, ""), cobra.ShellCompDirectiveNoFileComp
	})
}

// completes completes the value of a flag.
func completes(cmd *cobra.Command, flag string, complete cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // the flag is not there: a mistake in this package
	}
}

// findGivenApp is [findApp], where a text is given.
func findGivenApp(ctx context.Context, daemon *client.Client, text string) (folder string, near []string, err error) {
	if text == "" {
		return "", nil, nil
	}
	return findApp(ctx, daemon, text)
}

// checkLimit refuses a --limit that leaves nothing.
func checkLimit(cmd *cobra.Command, limit int) error {
	if cmd.Flags().Changed("limit") && limit < 1 {
		return badValue(cmd, "limit", cmd.Flags().Lookup("limit").Value.String(), "must be 1 or more")
	}
	return nil
}
