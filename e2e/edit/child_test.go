//go:build unix

package edit

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"sessiond/internal/edit"
	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// What a child process is told by its environment.
const (
	childTree = "SESSIOND_EDIT_TREE" // the root; makes a process a child
	childDoes = "SESSIOND_EDIT_DOES" // one of the edits
	childDies = "SESSIOND_EDIT_DIES" // at which step, from 1; 0 never
	childUser = "SESSIOND_EDIT_USER" // as whom: user, group and further groups, by their numbers; empty for the same
)

// crashSettle is the settle time of children.
const crashSettle = 5 * time.Millisecond

// edits are what a child can do to the first session.
func edits() map[string]func(e *edit.Editor, root string) error {
	change := func(e *edit.Editor, _ string) error {
		status := session.StatusAccepted
		_, err := e.Change(context.Background(), key(0), edit.Set{Status: &status}, edit.Options{})
		return err
	}
	return map[string]func(e *edit.Editor, root string) error{
		"change": change,
		contested: func(e *edit.Editor, root string) error {
			file, err := os.OpenFile(pathOf(root, key(0)), os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			defer file.Close()
			if err := change(e, root); err != nil {
				return err
			}
			if _, err := file.WriteAt(foreign(), 0); err != nil {
				return err
			}
			return os.WriteFile(wroteOf(root), nil, 0o600)
		},
		"deletion": func(e *edit.Editor, _ string) error {
			_, err := e.Delete(context.Background(), key(0), edit.Options{})
			return err
		},
		"restoration": func(e *edit.Editor, _ string) error {
			d := newDocument(key(0)).bytes()
			_, err := e.Restore(context.Background(), edit.Removed{Key: key(0), Data: d, Attributes: ownAttributes()}, edit.Options{})
			return err
		},
	}
}

// contested is a change of a file that another program has open, and writes to after it. The
// child is that program, too.
const contested = "contested change"

// foreign is what the other program writes. It is longer than the file was, so that one
// write does.
func foreign() []byte {
	d := newDocument(key(0))
	d.Number, d.Padding = 1, d.Padding+"xxx"
	return d.bytes()
}

// wroteOf is a file that is there once the other program has written.
func wroteOf(root string) string { return filepath.Join(filepath.Dir(root), "wrote") }

func ownAttributes() mobileapps.Attributes {
	return mobileapps.Attributes{UID: uint32(os.Getuid()), GID: uint32(os.Getgid()), Mode: 0o644}
}

// child edits, dies where it is told to, and returns the exit status otherwise.
func child() int {
	root := os.Getenv(childTree)
	if err := become(os.Getenv(childUser)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	dies, _ := strconv.ParseInt(os.Getenv(childDies), 10, 64)
	s := &steps{dies: dies}
	c := config(root, crashSettle, folderTrash{trashOf(root), s})
	c.Tree = dyingTree{c.Tree, s}
	e := edit.New(c)
	err := edits()[os.Getenv(childDoes)](e, root)
	e.Close()
	var fault *edit.Error
	switch {
	case errors.As(err, &fault):
		fmt.Fprintf(os.Stderr, "%d\n%s\n%s\n%s\n%v\n", fault.Kind, fault.Owner, fault.Folder, fault.Remedy, fault)
		return refused
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// refused is the exit status of a child that says why it did not edit: kind, owner, folder,
// remedy and error, a line each.
const refused = 3

// become drops root's rights for those of a user.
func become(user string) error {
	if user == "" {
		return nil
	}
	var ids []int
	for id := range strings.FieldsSeq(user) {
		n, err := strconv.Atoi(id)
		if err != nil {
			return err
		}
		ids = append(ids, n)
	}
	return errors.Join(syscall.Setgroups(ids[2:]), syscall.Setgid(ids[1]), syscall.Setuid(ids[0]))
}

// steps counts the steps of an edit, and dies at one of them.
type steps struct {
	n    atomic.Int64
	dies int64
}

func (s *steps) step() {
	if s.n.Add(1) == s.dies {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

func trashOf(root string) string { return filepath.Join(filepath.Dir(root), "trash") }

// folderTrash keeps the content of files in a folder, by its digest.
type folderTrash struct {
	path  string
	steps *steps
}

func (f folderTrash) Put(_ context.Context, files ...edit.Removed) []edit.Copy {
	copies := make([]edit.Copy, len(files))
	for i, r := range files {
		copies[i].ID, copies[i].Err = f.put(r)
	}
	return copies
}

func (f folderTrash) put(r edit.Removed) (string, error) {
	f.steps.step()
	name := hex.EncodeToString(r.Digest[:])
	temp := filepath.Join(f.path, "new")
	if err := os.WriteFile(temp, r.Data, 0o600); err != nil {
		return "", err
	}
	f.steps.step()
	if err := os.Rename(temp, filepath.Join(f.path, name)); err != nil {
		return "", err
	}
	f.steps.step()
	return name, nil
}

func (f folderTrash) Drop(_ context.Context, name string) error {
	f.steps.step()
	return os.Remove(filepath.Join(f.path, name))
}

type dyingTree struct {
	mobileapps.WriteTree

	steps *steps
}

func (t dyingTree) OpenForWriting() (mobileapps.WriteRoot, error) {
	root, err := t.WriteTree.OpenForWriting()
	if err != nil {
		return nil, err
	}
	return dyingRoot{root, t.steps}, nil
}

type dyingRoot struct {
	mobileapps.WriteRoot

	steps *steps
}

func (r dyingRoot) Open(app string) (mobileapps.WriteFolder, error) {
	f, err := r.WriteRoot.Open(app)
	if err != nil {
		return nil, err
	}
	return dyingFolder{f, r.steps}, nil
}

// dyingFolder is a folder before and after each of whose changes a process may die.
type dyingFolder struct {
	mobileapps.WriteFolder

	steps *steps
}

// Create also dies with a file that is empty, and with a half of it.
func (f dyingFolder) Create(n mobileapps.NewFile) (mobileapps.Identity, error) {
	f.steps.step()
	path := filepath.Join(f.Path(), n.Name)
	for _, length := range []int{0, len(n.Data) / 2} {
		if err := os.WriteFile(path, n.Data[:length], 0o600); err != nil {
			return mobileapps.Identity{}, err
		}
		f.steps.step()
	}
	if err := os.Remove(path); err != nil {
		return mobileapps.Identity{}, err
	}
	defer f.steps.step()
	return f.WriteFolder.Create(n)
}

func (f dyingFolder) SyncFileSystem() error {
	f.steps.step()
	return f.WriteFolder.SyncFileSystem()
}

func (f dyingFolder) Exchange(a, b string) error {
	f.steps.step()
	defer f.steps.step()
	return f.WriteFolder.Exchange(a, b)
}

func (f dyingFolder) Rename(from, to string) error {
	f.steps.step()
	defer f.steps.step()
	return f.WriteFolder.Rename(from, to)
}

func (f dyingFolder) Remove(name string) error {
	f.steps.step()
	defer f.steps.step()
	return f.WriteFolder.Remove(name)
}

func (f dyingFolder) Sync() error {
	f.steps.step()
	defer f.steps.step()
	return f.WriteFolder.Sync()
}
