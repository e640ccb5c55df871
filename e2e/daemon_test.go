//go:build unix

package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"sessiond/internal/client"
	"sessiond/internal/session"
)

// daemon is a running sessiond run.
type daemon struct {
	*client.Client
	cmd   *exec.Cmd
	ended chan struct{} // closed once the process has ended
}

// setting is where a daemon runs.
type setting struct {
	folder string // its working directory
	env    []string
	socket string   // where env or its arguments have it listen
	stderr *os.File // where it logs to
}

// start starts sessiond run. Whoever starts a daemon ends it with kill.
func (s setting) start(args ...string) (*daemon, error) {
	cmd := exec.Command("sessiond", append([]string{"run"}, args...)...)
	cmd.Dir, cmd.Env, cmd.Stderr = s.folder, s.env, s.stderr
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start the daemon: %w", err)
	}
	d := &daemon{Client: client.New(s.socket), cmd: cmd, ended: make(chan struct{})}
	go func() {
		defer close(d.ended)
		_ = cmd.Wait() // how it ended is in the ProcessState
	}()
	return d, nil
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
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
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
