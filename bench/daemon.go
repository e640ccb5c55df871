//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/go-json-experiment/json"
)

// daemon is a sessiond that runs.
type daemon struct {
	cmd    *exec.Cmd
	dir    string // its socket and its log
	socket string
	ended  chan struct{}
	// ready is how long it took from before its process was started until it
	// said that it is ready.
	ready time.Duration
}

// patience is how long is waited for what surely comes.
const patience = 10 * time.Minute

// start starts one of the daemons that are measured over a root and waits until it is ready, which it
// says as to systemd: that costs nobody anything, unlike asking again and again.
func (l *lab) start(ctx context.Context, binary int, root string, args ...string) (*daemon, error) {
	return l.startAs(ctx, command(ctx, l.binaries[binary], append([]string{"run", "--root", root}, args...)...))
}

// startAs is start for a command that is given the socket, and a log unless it has one.
func (l *lab) startAs(ctx context.Context, cmd *exec.Cmd, env ...string) (*daemon, error) {
	dir, err := os.MkdirTemp(l.temp, "daemon")
	if err != nil {
		return nil, fmt.Errorf("cannot make a folder for a daemon: %w", err)
	}
	d := &daemon{cmd: cmd, dir: dir, socket: filepath.Join(dir, "socket"), ended: make(chan struct{})}
	notify, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"})
	if err != nil {
		return nil, fmt.Errorf("cannot listen for a daemon to be ready: %w", err)
	}
	defer notify.Close()
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, fmt.Errorf("cannot make the log of a daemon: %w", err)
	}
	defer log.Close()
	d.cmd.Args = append(d.cmd.Args, "--socket", d.socket)
	d.cmd.Env = slices.Concat(env, []string{"PATH=" + os.Getenv("PATH"), "NOTIFY_SOCKET=" + notify.LocalAddr().String()})
	if d.cmd.Stderr == nil {
		d.cmd.Stderr = log
	}
	d.cmd.Cancel = func() error { return d.cmd.Process.Signal(syscall.SIGTERM) }

	began := time.Now()
	if err := d.cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start the daemon: %w", err)
	}
	go func() {
		defer close(d.ended)
		_ = d.cmd.Wait() // how it ended is in its log
		_ = notify.Close()
	}()
	if err := awaitReady(ctx, notify); err != nil {
		said, _ := os.ReadFile(log.Name())
		d.end()
		return nil, fmt.Errorf("the daemon does not become ready: %w: %s", err, said)
	}
	d.ready = time.Since(began)
	return d, nil
}

// awaitReady waits for systemd's READY=1.
func awaitReady(ctx context.Context, notify *net.UnixConn) error {
	if err := notify.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = notify.Close() })()
	message := make([]byte, 4<<10)
	for {
		n, err := notify.Read(message)
		if err != nil {
			return err
		}
		if strings.Contains(string(message[:n]), "READY=1") {
			return nil
		}
	}
}

// end ends the daemon, as a service manager does. It may have ended; how it ends
// is not what is measured.
func (d *daemon) end() {
	_ = d.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-d.ended:
	case <-time.After(10 * time.Second):
		_ = d.cmd.Process.Kill()
		<-d.ended
	}
	_ = os.RemoveAll(d.dir)
}

func (d *daemon) pid() int { return d.cmd.Process.Pid }

// starts starts each of the daemons that are measured, over its own root.
func (l *lab) starts(ctx context.Context, trees []*tree, args ...string) ([]*daemon, error) {
	var all []*daemon
	for binary, t := range trees {
		d, err := l.start(ctx, binary, t.root, args...)
		if err != nil {
			endAll(all)
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

func endAll(daemons []*daemon) {
	for _, d := range daemons {
		d.end()
	}
}

// refreshed asks for full passes, which must find every file unchanged.
func (d *daemon) refreshed(passes, files int) error {
	w, err := dialWire(d.socket)
	if err != nil {
		return err
	}
	defer w.close()
	for range passes {
		if _, err := timedPass(w, files); err != nil {
			return err
		}
	}
	return nil
}

// aged has every file read a second time, more than the coarsest tick of a file
// system's clock after the first: then its signature is believed, and a pass is
// what it is from then on (refresh contract, section 3). It makes two passes.
func (d *daemon) aged(ctx context.Context, files int) error {
	if err := d.refreshed(1, files); err != nil {
		return err
	}
	if err := wait(ctx, 3*time.Second); err != nil {
		return err
	}
	return d.refreshed(1, files)
}

// status is what a daemon says of itself.
type status struct {
	PID    int  `json:"pid"`
	Passes int  `json:"passes"`
	Busy   bool `json:"busy"`

	Replica replicaStatus `json:"replica"`
}

func (d *daemon) status() (s status, err error) {
	w, err := dialWire(d.socket)
	if err != nil {
		return s, err
	}
	defer w.close()
	body, err := w.do(request("GET", "/v1/status"))
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(body, &s); err != nil {
		return s, fmt.Errorf("cannot read a status: %w", err)
	}
	return s, nil
}

// atRest waits until no pass runs or is due.
func (d *daemon) atRest(ctx context.Context) (status, error) {
	for {
		s, err := d.status()
		if err != nil || !s.Busy {
			return s, err
		}
		if err := wait(ctx, 20*time.Millisecond); err != nil {
			return s, err
		}
	}
}

// wait lets some time go by.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
