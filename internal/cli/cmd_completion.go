package cli

import "github.com/spf13/cobra"

func (a *app) completion() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print a shell's completion script",
		Long: `Prints a script that teaches a shell to complete sessiond's commands, flags,
and the app folders and sessions of the running daemon.`,
		Annotations: exits(),
		Example: `  source <(sessiond completion bash)
  sessiond completion zsh >"${fpath[1]}/_sessiond"
  sessiond completion fish >~/.config/fish/completions/sessiond.fish
  sessiond completion powershell | Out-String | Invoke-Expression`,
		Args:      takes(1, 1, "shell"),
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, root := a.page(), cmd.Root()
			var err error
			switch args[0] {
			case "bash":
				err = root.GenBashCompletionV2(p.out, true)
			case "zsh":
				err = root.GenZshCompletion(p.out)
			case "fish":
				err = root.GenFishCompletion(p.out, true)
			case "powershell":
				err = root.GenPowerShellCompletionWithDesc(p.out)
			default:
				return misused(cmd, "%q is none of the shells %v", args[0], shells)
			}
			if err != nil {
				return unwritable(err)
			}
			return p.flush()
		},
	}
}
