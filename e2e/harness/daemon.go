//go:build unix

package harness

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

	"sessiond/internal/api"
	"sessiond/internal/client"
)

// Daemon is a running sessiond run.
type Daemon struct {
	*client.Client
	cmd    *exec.Cmd
	Socket string        // where it listens
	Ended  chan struct{} // closed once the process has ended
}

// Start starts a command that becomes sessiond run and listens on a socket. Whoever
// starts a daemon ends it with [Daemon.Kill].
func Start(cmd *exec.Cmd, socket string) (*Daemon, error) {
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start the daemon: %w", err)
	}
	d := &Daemon{Client: client.New(socket), cmd: cmd, Socket: socket, Ended: make(chan struct{})}
	go func() {
		defer close(d.Ended)
		_ = cmd.Wait() // how it ended is in the ProcessState
	}()
	return d, nil
}

// AnotherClient returns the same daemon with a client, and so connections, of its own.
func (d *Daemon) AnotherClient() *Daemon {
	return &Daemon{Client: client.New(d.Socket), cmd: d.cmd, Socket: d.Socket, Ended: d.Ended}
}

// errEnded is what waiting for a daemon returns that has ended meanwhile.
var errEnded = errors.New("the daemon has ended")

// AwaitReady waits until the daemon has made its first load.
func (d *Daemon) AwaitReady() error {
	_, err := d.Await("ready", func(s *api.Status) bool { return s.Passes > 0 })
	return err
}

// Await asks for the status until it is as wanted, and returns that.
func (d *Daemon) Await(what string, wanted func(*api.Status) bool) (api.Status, error) {
	var last api.Status
	var err error
	done := Eventually(func() bool {
		if d.HasEnded() {
			err = errEnded
			return true
		}
		last, err = d.Now()
		return err == nil && wanted(&last)
	})
	switch {
	case done:
		return last, err
	case err != nil:
		return last, fmt.Errorf("the daemon is not %s after %v: %w", what, Patience, err)
	}
	return last, fmt.Errorf("the daemon is not %s after %v; its status: %+v", what, Patience, last)
}

// Now asks for the status, with the patience of a test.
func (d *Daemon) Now() (api.Status, error) {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	return d.Status(ctx)
}

// PID is that of the process.
func (d *Daemon) PID() int { return d.cmd.Process.Pid }

// Signal sends a signal. Its error says that the daemon has ended.
func (d *Daemon) Signal(s os.Signal) error { return d.cmd.Process.Signal(s) }

// LogFile returns the path of the file that the daemon logs to.
func (d *Daemon) LogFile() string { return d.cmd.Stderr.(*os.File).Name() }

// Command returns a command of sessiond that asks this daemon.
func (d *Daemon) Command(args ...string) *exec.Cmd {
	cmd := exec.Command("sessiond", args...)
	cmd.Dir, cmd.Env = d.cmd.Dir, append(slices.Clip(d.cmd.Env), "SESSIOND_SOCKET="+d.Socket)
	return cmd
}

// HasEnded reports whether the process has ended.
func (d *Daemon) HasEnded() bool {
	select {
	case <-d.Ended:
		return true
	default:
		return false
	}
}

// AwaitEnd waits until the process has ended and says how: "0", "1", or the
// name of the signal that ended it, "killed".
func (d *Daemon) AwaitEnd() (how string, err error) {
	select {
	case <-d.Ended:
	case <-time.After(Patience):
		return "", fmt.Errorf("the daemon, process %d, runs on after %v", d.PID(), Patience)
	}
	status, ok := d.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() {
		return status.Signal().String(), nil
	}
	return fmt.Sprint(d.cmd.ProcessState.ExitCode()), nil
}

// Stop ends the daemon as a service manager does.
func (d *Daemon) Stop() error {
	if err := d.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("cannot stop the daemon: %w", err)
	}
	how, err := d.AwaitEnd()
	if err == nil && how != "0" {
		err = fmt.Errorf("the daemon ended with %s after SIGTERM, want 0", how)
	}
	return err
}

// Kill ends the process however it is and lets go of it.
func (d *Daemon) Kill() {
	d.Close()
	_ = d.cmd.Process.Kill() // it may have ended
	<-d.Ended
}

// LoggedMetricsAddress returns the last address for metrics that a log tells of.
func LoggedMetricsAddress(file string) (string, error) {
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
