package harness

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofrs/flock"
)

// Machines is the folder that keeps the file systems of containers from one run to the
// next: to make one takes a network, and up to some minutes. The empty one is in the user's
// cache.
type Machines string

// Folder returns the folder, and makes it where it is not there.
func (m Machines) Folder(t *testing.T) string {
	t.Helper()
	folder := string(m)
	if folder == "" {
		own, err := os.UserCacheDir()
		Must(t, err)
		folder = filepath.Join(own, "sessiond-machines")
	}
	folder, err := filepath.Abs(folder)
	Must(t, err)
	Must(t, os.MkdirAll(folder, 0o755))
	return folder
}

// Tree returns the folder with the file system of a name. It is made where it is not there
// yet, by one process at a time. Only root can do that.
func (m Machines) Tree(t *testing.T, name string, build func(folder string) error) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("only root can make a container")
	}
	tree := filepath.Join(m.Folder(t), name)
	Locked(t, tree+".lock", func() {
		if _, err := os.Stat(tree); err == nil {
			return
		}
		unfinished := tree + ".unfinished"
		if err := errors.Join(os.RemoveAll(unfinished), build(unfinished)); err != nil {
			t.Fatalf("cannot make the file system of a container: %v", err)
		}
		Must(t, os.Rename(unfinished, tree))
	})
	return tree
}

// Locked does something while no other process does it.
func Locked(t *testing.T, path string, do func()) {
	t.Helper()
	l := flock.New(path)
	Must(t, l.Lock())
	defer func() { _ = l.Unlock() }()
	do()
}

// Do runs a command. Its error has the last that the command said.
func Do(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err == nil {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return fmt.Errorf("%s: %w:\n%s", name, err, strings.Join(lines[max(0, len(lines)-5):], "\n"))
}

// Result is what a command has to show.
type Result struct {
	Stdout, Stderr string // without white space around them
	Status         int
}

// ResultOf runs a command. Its error says that it could not be run, or ended by no status of
// its own; it is [exec.ErrWaitDelay] where what it started keeps its outputs open.
func ResultOf(cmd *exec.Cmd) (Result, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if errors.As(err, new(*exec.ExitError)) {
		err = nil
	}
	r := Result{Stdout: strings.TrimSpace(stdout.String()), Stderr: strings.TrimSpace(stderr.String()), Status: -1}
	if cmd.ProcessState != nil {
		r.Status = cmd.ProcessState.ExitCode()
	}
	return r, err
}
