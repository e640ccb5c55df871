package script

import (
	"errors"
	"os/exec"

	"github.com/rogpeppe/go-internal/testscript"

	"sessiond/e2e/harness"
)

// terminalCommands are the commands that need a terminal, which a test makes in
// another way on each system.
func terminalCommands() map[string]command {
	return map[string]command{
		"terminal":       terminalCommand,
		"terminaldaemon": terminalDaemonCommand,
	}
}

// terminalCommand is terminal PROGRAM [ARG…].
func terminalCommand(ts *testscript.TestScript, neg bool, args []string) {
	refuse(ts, neg, "terminal")
	if len(args) == 0 {
		ts.Fatalf("usage: terminal PROGRAM [ARG…]")
	}
	screen, terminal, err := harness.OpenTerminal()
	ts.Check(err)
	defer screen.Close()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = environ(ts)
	cmd.Stdout, cmd.Stderr = terminal, terminal
	err = errors.Join(cmd.Start(), terminal.Close())
	ts.Check(err)
	err = harness.CopyScreen(ts.Stdout(), screen)
	ts.Check(errors.Join(err, cmd.Wait()))
}

// terminalDaemonCommand is terminaldaemon [ARG…].
func terminalDaemonCommand(ts *testscript.TestScript, neg bool, args []string) {
	refuse(ts, neg, "terminaldaemon")
	screen, terminal, err := harness.OpenTerminal()
	ts.Check(err)
	log := openLog(ts)
	shown := make(chan struct{})
	go func() {
		defer close(shown)
		defer log.Close()
		defer screen.Close()
		_ = harness.CopyScreen(log, screen) // what is missing then fails the script
	}()
	ts.Defer(func() { <-shown })
	defer terminal.Close()
	startDaemon(ts, terminal, args)
}
