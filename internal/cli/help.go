package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpWidth is how many characters a line of a help has at most.
const helpWidth = 80

// helpInstead answers a call without a command with the help. It is wrong usage: a
// script's output must not be a help.
func (a *app) helpInstead(cmd *cobra.Command) error {
	p := newPage(a.Err, wantsColour(a.Err, a.lookupEnv), a.now(), a.zone)
	p.help(cmd)
	return told{errUsage}
}

// drawHelp writes the help of a command to standard output.
func (a *app) drawHelp(cmd *cobra.Command) { a.page().help(cmd) }

func (p *page) help(cmd *cobra.Command) {
	p.text(cmd.Long)
	p.title("Usage:")
	if !cmd.HasAvailableSubCommands() || RunsItself(cmd) {
		p.text("  " + cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		p.text("  " + cmd.CommandPath() + " COMMAND")
	}
	p.title("Examples:")
	p.text(cmd.Example)
	p.commands(cmd)
	if flags := cmd.LocalFlags(); flags.HasAvailableFlags() {
		p.title("Flags:")
		p.text(withoutTruth(flags.FlagUsagesWrapped(helpWidth)))
	}
	p.title("Exit status:")
	p.text(cmd.Annotations[ExitStatuses])
	if cmd.HasAvailableSubCommands() {
		p.line()
		p.text("See '" + cmd.CommandPath() + " COMMAND --help' for what a command does.")
	}
	// Whoever asked for help and closed the pipe has read enough.
	_ = p.flush()
}

// commands lists the commands below one, by their groups.
func (p *page) commands(cmd *cobra.Command) {
	groups := cmd.Groups()
	if len(groups) == 0 && cmd.HasAvailableSubCommands() {
		groups = []*cobra.Group{{Title: "Commands:"}}
	}
	for _, group := range groups {
		var rows [][]cell
		for _, below := range cmd.Commands() {
			if below.GroupID == group.ID && below.IsAvailableCommand() {
				rows = append(rows, []cell{plain.of("  %s", below.Name()), plain.of("%s", below.Short)})
			}
		}
		p.title("%s", group.Title)
		p.table(rows)
	}
}

// stands gives the value of a flag a word that stands for it in the help. Marks
// around it in the usage, as package pflag takes them, would show in a shell's
// completion.
func stands(cmd *cobra.Command, flag, word string) {
	f := cmd.Flags().Lookup(flag)
	f.Value = &named{f.Value, word}
}

// named is the value of a flag with a word of its own in the help.
type named struct {
	pflag.Value
	word string
}

// Type implements pflag.Value.
func (n *named) Type() string { return n.word }

// withoutTruth takes out of a list of flags what package pflag tells of each that
// is on or off, and leaves the columns as they are.
func withoutTruth(flags string) string {
	const truth = "[=true|false]"
	return strings.ReplaceAll(flags, truth, strings.Repeat(" ", len(truth)))
}
