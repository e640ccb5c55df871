package e2e

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// terminalCommands are the commands that need a terminal, which a test makes in
// another way on each system.
func terminalCommands() map[string]command {
	return map[string]command{
		"terminal":       terminalCommand,
		"terminaldaemon": terminalDaemonCommand,
	}
}

// openTerminal returns both ends of a pseudo terminal: what is written to the
// second is shown on the first.
func openTerminal() (screen, terminal *os.File, err error) {
	screen, err = os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		return nil, nil, err
	}
	fd := int(screen.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		return nil, nil, errors.Join(err, screen.Close())
	}
	return screen, terminal, nil
}

// show copies what a screen shows until nobody writes to its terminal any more.
func show(w io.Writer, screen *os.File) error {
	_, err := io.Copy(w, screen)
	if errors.Is(err, syscall.EIO) { // how Linux says that the last writer has gone
		return nil
	}
	return err
}

// terminalCommand is terminal PROGRAM [ARG…].
func terminalCommand(ts *testscript.TestScript, neg bool, args []string) {
	refuse(ts, neg, "terminal")
	if len(args) == 0 {
		ts.Fatalf("usage: terminal PROGRAM [ARG…]")
	}
	screen, terminal, err := openTerminal()
	ts.Check(err)
	defer screen.Close()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = environ(ts)
	cmd.Stdout, cmd.Stderr = terminal, terminal
	err = errors.Join(cmd.Start(), terminal.Close())
	ts.Check(err)
	err = show(ts.Stdout(), screen)
	ts.Check(errors.Join(err, cmd.Wait()))
}

// terminalDaemonCommand is terminaldaemon [ARG…].
func terminalDaemonCommand(ts *testscript.TestScript, neg bool, args []string) {
	refuse(ts, neg, "terminaldaemon")
	screen, terminal, err := openTerminal()
	ts.Check(err)
	log := openLog(ts)
	shown := make(chan struct{})
	go func() {
		defer close(shown)
		defer log.Close()
		defer screen.Close()
		_ = show(log, screen) // what is missing then fails the script
	}()
	ts.Defer(func() { <-shown })
	defer terminal.Close()
	startDaemon(ts, terminal, args)
}
