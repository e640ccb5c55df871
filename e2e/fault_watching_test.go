//go:build unix

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// upheaval is a tree whose folders move: MobileApps within a parent, and a place to
// put things aside.
type upheaval struct {
	t                   *testing.T
	parent, root, aside string
	watching            *daemon // learns of changes as it is to
	asked               *daemon // learns of them only when asked
	edits               int
	contacts, orders    string // app folders
}

func (u *upheaval) path(app string) string { return filepath.Join(u.root, app) }

func (u *upheaval) rename(from, to string) { u.t.Helper(); must(u.t, os.Rename(from, to)) }

// agree waits until the daemon that watches sees what the other finds when it is
// asked. Then each file is edited once more, which must be seen, too: that is what
// tells a watch that is there from one that was there.
func (u *upheaval) agree() {
	u.t.Helper()
	u.agreeOnce()
	u.edits++
	for _, app := range []string{u.contacts, u.orders} {
		if exists(u.path(app)) {
			save(u.t, u.root, keyFor(app, 0), fmt.Sprintf("edit%d@example.com", u.edits))
		}
	}
	u.agreeOnce()
}

func (u *upheaval) agreeOnce() {
	u.t.Helper()
	u.asked.refresh(u.t)
	wanted := u.asked.pictureAtRest(u.t)
	var got picture
	var err error
	if !eventually(func() bool { got, err = u.watching.takePicture(); return err == nil && cmp.Equal(wanted, got) }) {
		u.t.Fatalf("the daemon that watches sees another picture (%v):\n%s", err, cmp.Diff(wanted, got))
	}
}

// TestUpheavals moves, removes and recreates folders. Where the kernel tells of it,
// the event alone is enough: the timers never fire. Where nothing tells of it, a poll
// finds it.
func TestUpheavals(t *testing.T) {
	const byEvent, byPoll = never, "100ms"
	for name, c := range map[string]struct {
		poll string
		do   func(u *upheaval)
	}{
		"app folder renamed": {byEvent, func(u *upheaval) {
			u.rename(u.path(u.contacts), u.path("com.example.renamed"))
			u.agree()
			u.rename(u.path("com.example.renamed"), u.path(u.contacts))
		}},
		"app folder renamed to and fro": {byEvent, func(u *upheaval) {
			for range 20 { // faster than the events of the former name are read
				u.rename(u.path(u.contacts), u.path("com.example.renamed"))
				u.rename(u.path("com.example.renamed"), u.path(u.contacts))
			}
		}},
		"app folders change places": {byEvent, func(u *upheaval) {
			u.rename(u.path(u.contacts), u.path(".third"))
			u.rename(u.path(u.orders), u.path(u.contacts))
			u.rename(u.path(".third"), u.path(u.orders))
			u.agree()
			u.rename(u.path(u.contacts), u.path(".third"))
			u.rename(u.path(u.orders), u.path(u.contacts))
			u.rename(u.path(".third"), u.path(u.orders))
		}},
		"app folder with files at once": {byEvent, func(u *upheaval) {
			app := fmt.Sprintf("com.example.new%d", u.edits)
			must(u.t, os.Mkdir(u.path(app), 0o755))
			fill(u.t, u.root, app, 3)
			u.agree()
			must(u.t, os.RemoveAll(u.path(app)))
		}},
		"app folder moved in": {byEvent, func(u *upheaval) {
			app := fmt.Sprintf("com.example.moved%d", u.edits)
			fill(u.t, u.aside, app, 3)
			u.rename(filepath.Join(u.aside, app), u.path(app))
			u.agree()
			save(u.t, u.root, keyFor(app, 1), "second@example.com")
			u.agree()
			u.rename(u.path(app), filepath.Join(u.aside, "gone"+app))
		}},
		"app folder recreated": {byEvent, func(u *upheaval) {
			must(u.t, os.RemoveAll(u.path(u.contacts)))
			fill(u.t, u.root, u.contacts, 2)
		}},
		"app folder replaced": {byEvent, func(u *upheaval) {
			fill(u.t, u.aside, u.contacts, 3)
			u.rename(u.path(u.contacts), filepath.Join(u.aside, fmt.Sprint("former", u.edits)))
			u.rename(filepath.Join(u.aside, u.contacts), u.path(u.contacts))
		}},
		"root removed and recreated": {byPoll, func(u *upheaval) {
			must(u.t, os.RemoveAll(u.root))
			fill(u.t, u.root, u.contacts, 2)
			fill(u.t, u.root, u.orders, 2)
		}},
		"root removed for good": {byPoll, func(u *upheaval) {
			must(u.t, os.RemoveAll(u.root))
			u.agreeOnce()
			fill(u.t, u.root, u.orders, 2)
		}},
		"root renamed away and back": {byPoll, func(u *upheaval) {
			u.rename(u.root, filepath.Join(u.aside, "MobileApps"))
			u.agreeOnce()
			u.rename(filepath.Join(u.aside, "MobileApps"), u.root)
		}},
		"root replaced": {byPoll, func(u *upheaval) {
			next := filepath.Join(u.aside, fmt.Sprint("next", u.edits))
			fill(u.t, next, u.contacts, 3)
			u.rename(u.root, filepath.Join(u.aside, fmt.Sprint("former", u.edits)))
			u.rename(next, u.root)
		}},
		"parent renamed, another in its place": {byPoll, func(u *upheaval) {
			u.rename(u.parent, filepath.Join(u.aside, fmt.Sprint("parent", u.edits)))
			fill(u.t, u.root, u.contacts, 4)
		}},
		"parent renamed away and back": {byPoll, func(u *upheaval) {
			u.rename(u.parent, filepath.Join(u.aside, "parent"))
			u.agreeOnce()
			u.rename(filepath.Join(u.aside, "parent"), u.parent)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := t.TempDir()
			u := &upheaval{
				t: t, parent: filepath.Join(base, "parent"), root: filepath.Join(base, "parent", "MobileApps"),
				aside: filepath.Join(base, "aside"), contacts: "K7QX2M9TRB.com.example.contacts", orders: "com.example.orders",
			}
			must(t, os.Mkdir(u.aside, 0o755))
			fill(t, u.root, u.contacts, 2)
			fill(t, u.root, u.orders, 2)
			common := []string{"--settle", "50ms", "--admit", "follow", "--resync", "0"}
			u.watching = launch(t, u.root, append(common, "--watch", "events", "--poll", c.poll)...)
			u.asked = launch(t, u.root, append(common, "--watch", "off")...)
			u.agree()
			for range 5 {
				c.do(u)
				u.agree()
			}
		})
	}
}

// TestNeighbourThatNeverRests writes to one app folder without a pause, files and
// wrong files, new ones and old ones. The sessions of another are looked at as if it
// were quiet.
func TestNeighbourThatNeverRests(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	const loud, quiet = "com.example.loud", "com.example.quiet"
	fill(t, root, loud, 3)
	fill(t, root, quiet, 2)
	// So long a delay that the neighbour never leaves a gap of it, on a busy machine
	// either: the longest wait alone ends the gathering.
	d := launch(t, root, "--settle", "50ms", "--watch", "events", "--poll", never, "--resync", "0",
		"--debounce", "400ms", "--debounce-max", "400ms")
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			path := fileOf(root, keyFor(loud, i%5))
			switch i % 4 {
			case 0:
				_ = os.WriteFile(path, []byte("{"), 0o644)
			case 1:
				_ = os.Remove(path)
			default:
				_ = replace(path, newContent(keyFor(loud, i%5)).with("round", i).bytes())
			}
		}
	}()
	defer func() { close(stop); <-stopped }()
	for n := range 5 {
		email := fmt.Sprintf("edit%d@example.com", n)
		save(t, root, keyFor(quiet, 0), email)
		d.shows(t, keyFor(quiet, 0), email)
	}
	// A verdict that takes two looks is reached, too.
	must(t, os.WriteFile(fileOf(root, keyFor(quiet, 1)), []byte("{"), 0o644))
	if !eventually(func() bool { _, err := d.get(keyFor(quiet, 1)); return err != nil }) {
		t.Error("a wrong file beside a restless folder is never found wrong")
	}
	must(t, os.Remove(fileOf(root, keyFor(quiet, 0))))
	if !eventually(func() bool { _, err := d.get(keyFor(quiet, 0)); return err != nil }) {
		t.Error("a deleted file beside a restless folder is never found deleted")
	}
	fill(t, root, "com.example.new", 1)
	if _, err := d.Open(t.Context(), keyFor("com.example.new", 0)); err != nil {
		t.Error(err)
	}
}
