// Package cli is sessiond's command line: one file a verb, the drawing of
// answers in files of their own (page.go, render_*.go), the exit statuses in one
// switch (exit.go).
//
// Data goes to standard output, everything else to standard error. What comes
// from files or names is escaped before it gets to a terminal (escape.go).
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sessiond/internal/config"
)

// Process is what the command line sees of the process it runs in.
type Process struct {
	In       io.Reader // nil where nobody can be asked
	Out, Err io.Writer
	Environ  []string // NAME=VALUE, as os.Environ returns it

	// Set at build time; each is empty where it was not.
	Version string
	Commit  string
	Date    string // of the commit, as RFC 3339 has it
}

// Main runs one command line, without the program's name, and returns the exit
// status of the process.
func Main(args []string, p Process) int {
	a := &app{Process: p, config: config.New(), now: time.Now, zone: time.Local}
	return a.main(context.Background(), args)
}

// app is what the verbs share.
type app struct {
	Process
	config *config.Loader
	now    func() time.Time
	zone   *time.Location
}

func (a *app) main(ctx context.Context, args []string) int {
	root := a.root()
	// An empty slice, since cobra reads os.Args where it gets none.
	root.SetArgs(append([]string{}, args...))
	err := root.ExecuteContext(ctx)
	if err != nil {
		a.explain(err)
	}
	return exitStatus(err)
}

// explain says what went wrong, where that was not told yet.
func (a *app) explain(err error) {
	silent, usage := told{}, (*usageError)(nil)
	switch {
	case errors.As(err, &silent):
	case errors.As(err, &usage):
		a.tell("sessiond: %s", usage)
		a.tell("Try '%s --help'.", usage.command)
	case errors.Is(err, config.ErrInvalid): // perhaps several, a line each
		for line := range strings.Lines(err.Error()) {
			a.tell("sessiond: %s", strings.TrimSuffix(line, "\n"))
		}
	default:
		a.tell("sessiond: %s", withRemedy(err.Error(), err))
	}
}

// tell writes one line to standard error.
func (a *app) tell(format string, args ...any) {
	// There is nowhere left to report that standard error cannot be written.
	_, _ = io.WriteString(a.Err, printable(fmt.Sprintf(format, args...))+"\n")
}

// page begins a page on standard output.
func (a *app) page() *page {
	p := newPage(a.Out, wantsColour(a.Out, a.lookupEnv), a.now(), a.zone)
	p.width = terminalWidth(a.Out)
	return p
}

func (a *app) lookupEnv(name string) (string, bool) {
	for _, entry := range a.Environ {
		if key, value, _ := strings.Cut(entry, "="); key == name {
			return value, true
		}
	}
	return "", false
}

// The groups of verbs in the help.
const (
	groupDaemon = "daemon"
	groupAsk    = "ask"
	groupChange = "change"
	groupAlone  = "alone"
)

func (a *app) root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sessiond",
		Short: "Keeps the sessions of 4D mobile apps in memory, as their files say",
		Long: `sessiond keeps the sessions of 4D mobile apps in memory and up to date with
their files in the MobileApps folder, as the 4D command MOBILE APP REFRESH
SESSIONS does: an edited file updates its session, an invalid or deleted one
removes it, and what is wrong is reported as an error mobi 1 to 4.

It keeps its own store; it does not reach into a 4D server's memory.`,
		Example: `  sessiond run --root /srv/4D/MobileApps
  sessiond status
  sessiond check /srv/4D/MobileApps`,
		Annotations:   exits(exitRejected, exitUnreachable, exitNoSession),
		SilenceErrors: true,
		SilenceUsage:  true,

		SuggestionsMinimumDistance: 2,
	}
	version := cmd.Flags().Bool("version", false, "print the version, as sessiond version does")
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return missingVerb(cmd, args)
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *version {
			return a.showBuild(formatTable)
		}
		return a.helpInstead(cmd)
	}
	cmd.SetOut(a.Out)
	cmd.SetErr(a.Err)
	cmd.SetFlagErrorFunc(flagMisused)
	cmd.SetHelpCommand(a.help())
	cmd.SetHelpFunc(func(cmd *cobra.Command, _ []string) { a.drawHelp(cmd) })
	cmd.CompletionOptions.DisableDefaultCmd = true
	cmd.AddGroup(
		&cobra.Group{ID: groupDaemon, Title: "The daemon:"},
		&cobra.Group{ID: groupAsk, Title: "Asking the running daemon:"},
		&cobra.Group{ID: groupChange, Title: "Changing sessions, by an administrator:"},
		&cobra.Group{ID: groupAlone, Title: "Without a daemon:"},
	)
	grouped(cmd, groupDaemon, a.run(), a.service())
	grouped(cmd, groupAsk, a.status(), a.refresh(), a.apps(), a.list(), a.showSession(), a.open(), a.events(), a.rejected(), a.duplicates(), a.audit(), a.replica(), a.console())
	grouped(cmd, groupChange, a.accept(), a.hold(), a.set(), a.deleteSessions(), a.trash(), a.restore())
	grouped(cmd, groupAlone, a.check(), a.schema(), a.version(), a.completion())
	return cmd
}

func grouped(root *cobra.Command, group string, verbs ...*cobra.Command) {
	for _, verb := range verbs {
		verb.GroupID = group
		root.AddCommand(verb)
	}
}
