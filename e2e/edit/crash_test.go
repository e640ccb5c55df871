//go:build unix

package edit

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"sessiond/internal/edit"
	"sessiond/internal/session"
)

// A process that is killed at any step of an edit leaves the old file or the new one,
// and the next one puts things in order.
func TestCrash(t *testing.T) {
	for does := range edits() {
		t.Run(does, func(t *testing.T) {
			for step := 1; ; step++ {
				c := newCrash(t, does)
				died := c.run(t, exec.Command(os.Args[0]), step)
				c.check(t, died, "at step "+strconv.Itoa(step))
				if !died || t.Failed() {
					if step < 5 {
						t.Errorf("there are %d steps only", step-1)
					}
					t.Logf("%d steps", step-1)
					return
				}
			}
		})
	}
}

// crash is a tree on which a child does an edit.
type crash struct {
	root, path, does string
	old, edited      []byte // nil where there is no file
	trash            string
}

func newCrash(t *testing.T, does string) *crash {
	t.Helper()
	root := newTree(t, t.TempDir(), 1)
	c := &crash{root: root, path: pathOf(root, key(0)), does: does, trash: trashOf(root), old: newDocument(key(0)).bytes()}
	must(t, os.Mkdir(c.trash, 0o700))
	switch does {
	case "change", contested:
		c.edited = bytes.Replace(c.old, []byte(session.StatusPending), []byte(session.StatusAccepted), 1)
	case "restoration":
		c.old, c.edited = nil, c.old
		must(t, os.Remove(c.path))
	}
	return c
}

// run has a child do the edit, and reports whether it was killed.
func (c *crash) run(t *testing.T, command *exec.Cmd, step int) (died bool) {
	t.Helper()
	command.Env = append(os.Environ(), childTree+"="+c.root, childDoes+"="+c.does, childDies+"="+strconv.Itoa(step))
	said, err := command.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return false
	case errors.As(err, &exit) && (!exit.Exited() || exit.ExitCode() == 128+9): // by a signal, or as strace says it
		return true
	}
	t.Fatalf("the edit: %v\n%s", err, said)
	return false
}

// check looks at what is left of an edit, before and after the recovery.
func (c *crash) check(t *testing.T, died bool, when string) {
	t.Helper()
	if c.does == contested {
		c.checkContested(t, died, when)
		return
	}
	is := c.read(t, c.path)
	if !died && !bytes.Equal(is, c.edited) {
		t.Errorf("the edit was not made: %q", is)
	}
	if died && c.does == "change" && !c.isEither(is) {
		t.Errorf("%s, the file is %q", when, is)
	}
	if kept := c.kept(t); c.old != nil && !c.isEither(is) && !kept {
		t.Errorf("%s, the content is nowhere", when)
	}

	e := edit.New(config(c.root, crashSettle, folderTrash{c.trash, &steps{}}))
	_, err := e.Recover(t.Context())
	must(t, err)
	e.Close()
	if left := temporaries(t, c.root); len(left) > 0 {
		t.Errorf("%s, after the recovery: left behind: %q", when, left)
	}
	if is = c.read(t, c.path); !c.isEither(is) {
		t.Errorf("%s, after the recovery the file is %q", when, is)
	}
	if c.does == "deletion" && is == nil && !c.isInTrash(t, c.old) {
		t.Errorf("%s, after the recovery the file is gone, and not in the trash", when)
	}
	e = edit.New(config(c.root, crashSettle, folderTrash{c.trash, &steps{}}))
	if _, err := e.Change(t.Context(), key(0), edit.Set{Email: new("x")}, edit.Options{}); is != nil && err != nil {
		t.Errorf("%s, the next edit: %v", when, err)
	}
	e.Close()
}

// checkContested makes sure that nothing of what another program wrote is lost.
func (c *crash) checkContested(t *testing.T, died bool, when string) {
	t.Helper()
	foreign := foreign()
	edited := bytes.Replace(foreign, []byte(session.StatusPending), []byte(session.StatusAccepted), 1)
	if is := c.read(t, c.path); !died && !bytes.Equal(is, edited) {
		t.Errorf("the edit was not made again: %q", is)
	}
	e := edit.New(config(c.root, crashSettle, folderTrash{c.trash, &steps{}}))
	_, err := e.Recover(t.Context())
	must(t, err)
	e.Close()
	is := c.read(t, c.path)
	ofForeign := bytes.Equal(is, foreign) || bytes.Equal(is, edited)
	if !ofForeign && !c.isEither(is) {
		t.Errorf("%s, after the recovery the file is %q", when, is)
	}
	if _, err := os.Stat(wroteOf(c.root)); err == nil && !ofForeign && !c.isInTrash(t, foreign) {
		t.Errorf("%s, what another program wrote is lost", when)
	}
	if left := temporaries(t, c.root); len(left) > 0 {
		t.Errorf("%s, after the recovery: left behind: %q", when, left)
	}
}

func (c *crash) isEither(is []byte) bool { return bytes.Equal(is, c.old) || bytes.Equal(is, c.edited) }

func (c *crash) read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		must(t, err)
	}
	return data
}

// kept reports whether the old content is under a temporary name or in the trash.
func (c *crash) kept(t *testing.T) bool {
	for _, name := range temporaries(t, c.root) {
		if bytes.Equal(c.read(t, filepath.Join(filepath.Dir(c.path), name)), c.old) {
			return true
		}
	}
	return c.isInTrash(t, c.old)
}

func (c *crash) isInTrash(t *testing.T, content []byte) bool {
	t.Helper()
	entries, err := os.ReadDir(c.trash)
	must(t, err)
	for _, e := range entries {
		if e.Name() != "new" && bytes.Equal(c.read(t, filepath.Join(c.trash, e.Name())), content) {
			return true
		}
	}
	return false
}
