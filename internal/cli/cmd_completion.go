package cli

import (
	"bytes"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// nameShell asks for the argument of completion.
const nameShell = "name a shell: bash, zsh, fish or powershell"

func (a *app) completion() *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print a shell's completion script",
		Long: `Prints a script that teaches a shell to complete sessiond's commands, flags,
and the apps and sessions of the running daemon.`,
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
				err = bashCompletion(root, p.out)
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

// bashHelpers stand in for what the script takes from the package bash-completion, where
// that is not installed.
const bashHelpers = `
__sessiond_get_comp_words_by_ref()
{
    if declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
        _get_comp_words_by_ref "$@"
        return
    fi
    words=("${COMP_WORDS[@]}")
    cword=$COMP_CWORD
    cur=${words[cword]}
    prev=${words[cword-1]}
}

__sessiond_filedir()
{
    if declare -F _filedir >/dev/null 2>&1; then
        _filedir "$@"
    elif [[ $1 == -d ]]; then
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    fi
}
`

// bashCompletion writes bash's script, with the helpers in the place of the package's
// own functions.
func bashCompletion(root *cobra.Command, w io.Writer) error {
	var script bytes.Buffer
	if err := root.GenBashCompletionV2(&script, true); err != nil {
		return err
	}
	own := strings.NewReplacer(
		" _get_comp_words_by_ref ", " __sessiond_get_comp_words_by_ref ",
		" _filedir\n", " __sessiond_filedir\n", " _filedir -d", " __sessiond_filedir -d", `"_filedir `, `"__sessiond_filedir `,
	).Replace(script.String())
	_, err := io.WriteString(w, own+bashHelpers)
	return err
}
