//go:build unix

package harness

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// Broker is a nats-server as a process, at an address that stays however often it ends.
type Broker struct {
	Name, Store string // of the server, and the folder that it stores in
	Address     string
	program     string
	args        []string
	cmd         *exec.Cmd
	output      string // what the server says
}

// BuildBroker builds the server, of the version in go.mod, and returns its program.
func BuildBroker(t testing.TB) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "nats-server")
	if text, err := exec.Command("go", "build", "-o", program, "github.com/nats-io/nats-server/v2").CombinedOutput(); err != nil {
		t.Fatalf("cannot build nats-server: %v: %s", err, text)
	}
	return program
}

// NewBroker returns a server with a name that runs until the end of the test, with more
// arguments. What it said last is shown where the test failed.
func NewBroker(t testing.TB, program, name string, args ...string) *Broker {
	t.Helper()
	folder := t.TempDir()
	b := &Broker{
		Name: name, Store: filepath.Join(folder, "store"), Address: FreeAddress(t),
		program: program, args: args, output: filepath.Join(folder, "log"),
	}
	Must(t, b.Start())
	t.Cleanup(func() {
		b.Kill()
		if t.Failed() {
			text, err := endOf(b.output)
			t.Logf("the log of server %s (%v):\n%s", name, err, text)
		}
	})
	return b
}

// FreeAddress returns an address of this machine at which nobody listens.
func FreeAddress(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	Must(t, err)
	defer ln.Close()
	return ln.Addr().String()
}

// Start starts the server, which must not run.
func (b *Broker) Start() error {
	log, err := os.OpenFile(b.output, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	host, port, err := net.SplitHostPort(b.Address)
	if err != nil {
		return err
	}
	b.cmd = exec.Command(b.program, append([]string{"-js", "-n", b.Name, "-a", host, "-p", port, "-sd", b.Store}, b.args...)...)
	b.cmd.Stdout, b.cmd.Stderr = log, log
	if err := b.cmd.Start(); err != nil {
		return fmt.Errorf("cannot start a server: %w", err)
	}
	return nil
}

// Signal sends the server a signal.
func (b *Broker) Signal(s os.Signal) error { return b.cmd.Process.Signal(s) }

// Kill ends the server as a crash does. It may have ended.
func (b *Broker) Kill() {
	_ = b.cmd.Process.Kill()
	_ = b.cmd.Wait()
}

// Stop ends the server as a service manager does.
func (b *Broker) Stop() error {
	return errors.Join(b.Signal(syscall.SIGTERM), b.cmd.Wait())
}

// Wipe removes all that the server stores. It must not run.
func (b *Broker) Wipe() error { return os.RemoveAll(b.Store) }

// URL returns where clients connect to the server.
func (b *Broker) URL() string { return "nats://" + b.Address }
