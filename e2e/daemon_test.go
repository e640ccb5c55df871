//go:build unix

package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"syscall"
	"time"

	"sessiond/internal/client"
	"sessiond/internal/session"
)

// daemon is a running sessiond run.
type daemon struct {
	*client.Client
	cmd    *exec.Cmd
	socket string        // where it listens
	ended  chan struct{} // closed once the process has ended
}

// start starts a command that becomes sessiond run and listens on a socket. Whoever
// starts a daemon ends it with kill.
func start(cmd *exec.Cmd, socket string) (*daemon, error) {
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start the daemon: %w", err)
	}
	d := &daemon{Client: client.New(socket), cmd: cmd, socket: socket, ended: make(chan struct{})}
	go func() {
		defer close(d.ended)
		_ = cmd.Wait() // how it ended is in the ProcessState
	}()
	return d, nil
}

// anotherClient returns the same daemon with a client, and so connections, of its own.
func (d *daemon) anotherClient() *daemon {
	return &daemon{Client: client.New(d.socket), cmd: d.cmd, socket: d.socket, ended: d.ended}
}

// errEnded is what waiting for a daemon returns that has ended meanwhile.
var errEnded = errors.New("the daemon has ended")

// awaitReady waits until the daemon has made its first load.
func (d *daemon) awaitReady() error {
	_, err := d.await("ready", func(s *session.Status) bool { return s.Passes > 0 })
	return err
}

// await asks for the status until it is as wanted, and returns that.
func (d *daemon) await(what string, wanted func(*session.Status) bool) (session.Status, error) {
	var last session.Status
	var err error
	done := eventually(func() bool {
		if d.hasEnded() {
			err = errEnded
			return true
		}
		last, err = d.status()
		return err == nil && wanted(&last)
	})
	switch {
	case done:
		return last, err
	case err != nil:
		return last, fmt.Errorf("the daemon is not %s after %v: %w", what, patience, err)
	}
	return last, fmt.Errorf("the daemon is not %s after %v; its status: %+v", what, patience, last)
}

func (d *daemon) status() (session.Status, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return d.Status(ctx)
}

// pid is that of the process.
func (d *daemon) pid() int { return d.cmd.Process.Pid }

// signal sends a signal. Its error says that the daemon has ended.
func (d *daemon) signal(s os.Signal) error { return d.cmd.Process.Signal(s) }

// logFile returns the path of the file that the daemon logs to.
func (d *daemon) logFile() string { return d.cmd.Stderr.(*os.File).Name() }

// command returns a command of sessiond that asks this daemon.
func (d *daemon) command(args ...string) *exec.Cmd {
	cmd := exec.Command("sessiond", args...)
	cmd.Dir, cmd.Env = d.cmd.Dir, append(slices.Clip(d.cmd.Env), "SESSIOND_SOCKET="+d.socket)
	return cmd
}

func (d *daemon) hasEnded() bool {
	select {
	case <-d.ended:
		return true
	default:
		return false
	}
}

// awaitEnd waits until the process has ended and says how: "0", "1", or the
// name of the signal that ended it, "killed".
func (d *daemon) awaitEnd() (how string, err error) {
	select {
	case <-d.ended:
	case <-time.After(patience):
		return "", fmt.Errorf("the daemon, process %d, runs on after %v", d.pid(), patience)
	}
	status, ok := d.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() {
		return status.Signal().String(), nil
	}
	return fmt.Sprint(d.cmd.ProcessState.ExitCode()), nil
}

// stop ends the daemon as a service manager does.
func (d *daemon) stop() error {
	if err := d.signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("cannot stop the daemon: %w", err)
	}
	how, err := d.awaitEnd()
	if err == nil && how != "0" {
		err = fmt.Errorf("the daemon ended with %s after SIGTERM, want 0", how)
	}
	return err
}

// kill ends the process however it is and lets go of it.
func (d *daemon) kill() {
	d.Close()
	_ = d.cmd.Process.Kill() // it may have ended
	<-d.ended
}

// loggedAddress returns the last address for metrics that a log tells of.
func loggedAddress(file string) (string, error) {
	log, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	told := regexp.MustCompile(`"serving metrics","address":"([^"]+)"`).FindAllSubmatch(log, -1)
	if len(told) == 0 {
		return "", nil
	}
	return string(told[len(told)-1][1]), nil
}
