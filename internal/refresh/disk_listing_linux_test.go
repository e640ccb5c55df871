package refresh_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// disturbed is the disk, with somebody at work while it is listed: disturb is
// called before each step, with the folder and what of it is listed by then.
type disturbed struct {
	mobileapps.Tree
	disturb func(app string, listed map[string]bool)
}

func (d *disturbed) Open() (mobileapps.Root, error) {
	root, err := d.Tree.Open()
	return disturbedRoot{root, d}, err
}

type disturbedRoot struct {
	mobileapps.Root
	*disturbed
}

func (r disturbedRoot) Open(app string) (mobileapps.Folder, error) {
	folder, err := r.Root.Open(app)
	return disturbedFolder{folder, r.disturbed, app, make(map[string]bool)}, err
}

func (r disturbedRoot) Next(n int) ([]string, error) {
	r.disturb("", nil)
	return r.Root.Next(n)
}

type disturbedFolder struct {
	mobileapps.Folder
	*disturbed
	app    string
	listed map[string]bool
}

func (f disturbedFolder) Next(n int) ([]string, error) {
	f.disturb(f.app, f.listed)
	ids, err := f.Folder.Next(n)
	for _, id := range ids {
		f.listed[id] = true
	}
	return ids, err
}

// What is removed while the disk is listed is not there: neither is a folder
// empty then, nor can it not be read. All of it keeps its right to be admitted
// at start-up, and its session later.
func TestRemovedWhileTheDiskIsListed(t *testing.T) {
	// More than one step lists, and few enough for one step to ask the kernel
	// for all their names.
	const files = 200
	tests := []struct {
		name, app string
		begun     bool // once a first step has listed
		file      bool // a file that is not listed yet, not the folder
		lacks     refresh.RootState
	}{
		{"a file", "a.b", true, true, refresh.RootFound},
		{"a folder", "a.b", false, false, refresh.RootFound},
		{"a folder, half listed", "a.b", true, false, refresh.RootFound},
		{"the root", "", false, false, refresh.RootMissing},
	}
	for _, test := range tests {
		for _, later := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, later: %t", test.name, later), func(t *testing.T) {
				root := filepath.Join(t.TempDir(), "MobileApps")
				want := keys{other: "valid"}
				for i := range files {
					want[session.Key{App: "a.b", ID: fmt.Sprint(i)}] = fmt.Sprint("valid ", i)
				}
				writeAll(t, root, want)
				tree := &disturbed{mobileapps.NewDisk(root, 100), func(string, map[string]bool) {}}
				clock, reader := newClock(), newReader(t)
				memory := refresh.New(refresh.Config{Tree: tree, Judge: judge{}, Settle: settle, Clock: clock.read})
				pass := func() {
					t.Helper()
					reader.apply(memory.Pass(refresh.Request{Trigger: session.TriggerSignal, Full: true}).Outcome)
					diff(t, "current errors", keys{}, reader.current())
				}
				if later {
					pass()
				}

				removed := false
				tree.disturb = func(app string, listed map[string]bool) {
					if app != test.app || removed || test.begun != (len(listed) > 0) {
						return
					}
					id := 0
					for listed[fmt.Sprint(id)] {
						id++
					}
					path := filepath.Join(root, app)
					if test.file {
						path = filepath.Join(path, fmt.Sprint(id))
					}
					removed = true
					if err := os.RemoveAll(path); err != nil {
						t.Error(err)
					}
				}
				pass()
				if lacks := memory.RootState(); !removed || lacks != test.lacks {
					t.Errorf("removed: %t, the tree lacks %d, want %d", removed, lacks, test.lacks)
				}
				if later {
					diff(t, "sessions right after", want, reader.contents())
				}
				writeAll(t, root, want)
				clock.pass(settle / 2)
				pass()
				diff(t, "sessions", want, reader.contents())
				diff(t, "unsettled", keys{}, reader.waiting())
			})
		}
	}
}

// writeAll writes those of the files that are not there.
func writeAll(t *testing.T, root string, files keys) {
	t.Helper()
	for key, data := range files {
		path := filepath.Join(root, filepath.FromSlash(key.String()))
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if _, missing := os.Stat(path); missing != nil {
			err = errors.Join(err, os.WriteFile(path, []byte(data), 0o644))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
