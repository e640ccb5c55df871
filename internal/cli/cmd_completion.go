package cli

import "github.com/spf13/cobra"

// nameShell asks for the argument of completion.
const nameShell = "name a shell: bash, zsh, fish or powershell"

func (a *app) completion() *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print a shell's completion script",
		Long: `Prints a script that teaches a shell to complete sessiond's commands, flags,
and the app folders and sessions of the running daemon. In bash, it needs the
package bash-completion.`,
		Annotations: exits(),
		Example: `  source <(sessiond completion bash)
  sessiond completion zsh >"${fpath[1]}/_sessiond"
  sessiond completion fish >~/.config/fish/completions/sessiond.fish
  sessiond completion powershell | Out-String | Invoke-Expression`,
		Args:      takesShell,
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
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
				return misused(cmd, "there is no script for %q; %s", args[0], nameShell)
			}
			if err != nil {
				return unwritable(err)
			}
			return p.flush()
		},
	}
}

// takesShell is the check of the one argument of completion.
func takesShell(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return misused(cmd, nameShell)
	}
	return takes(1, 1, "shell")(cmd, args)
}
