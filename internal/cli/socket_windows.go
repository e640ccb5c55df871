package cli

import (
	"os"

	"github.com/spf13/cobra"

	"sessiond/internal/config"
	"sessiond/internal/socketpath"
)

// completeSocket completes the default pipe, and leaves it to the shell to complete the
// path of a file.
func completeSocket(cmd *cobra.Command) {
	completes(cmd, config.KeySocket, cobra.FixedCompletions([]string{socketpath.ForClient(0, os.LookupEnv)}, cobra.ShellCompDirectiveDefault))
}
