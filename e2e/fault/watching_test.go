//go:build unix

package fault

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sessiond/e2e/harness"
)

// upheaval is a tree whose folders move: MobileApps within a parent, and a place to
// put things aside.
type upheaval struct {
	t                   *testing.T
	parent, root, aside string
	watching            *harness.Daemon // learns of changes as it is to
	asked               *harness.Daemon // learns of them only when asked
	edits               int
	contacts, orders    string // app folders
}

func (u *upheaval) path(app string) string { return filepath.Join(u.root, app) }

func (u *upheaval) rename(from, to string) { u.t.Helper(); harness.Must(u.t, os.Rename(from, to)) }

// agree waits until the daemon that watches sees what the other finds when it is
// asked. Then each file is edited once more, which must be seen, too: that is what
// tells a watch that is there from one that was there.
func (u *upheaval) agree() {
	u.t.Helper()
	u.agreeOnce()
	u.edits++
	for _, app := range []string{u.contacts, u.orders} {
		if harness.Exists(u.path(app)) {
			harness.Save(u.t, u.root, harness.NthKey(app, 0), fmt.Sprintf("edit%d@example.com", u.edits))
		}
	}
	u.agreeOnce()
}

func (u *upheaval) agreeOnce() {
	u.t.Helper()
	u.asked.FullPass(u.t)
	wanted := u.asked.PictureAtRest(u.t)
	var got harness.Picture
	var err error
	if !harness.Eventually(func() bool { got, err = u.watching.TakePicture(); return err == nil && cmp.Equal(wanted, got) }) {
		u.t.Fatalf("the daemon that watches sees another picture (%v):\n%s", err, cmp.Diff(wanted, got))
	}
}

// TestUpheavals moves, removes and recreates folders. Where the kernel tells of it,
// the event alone is enough: the timers never fire. Where nothing tells of it, a poll
// finds it.
func TestUpheavals(t *testing.T) {
	const byEvent, byPoll = harness.Never, "100ms"
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
			harness.Must(u.t, os.Mkdir(u.path(app), 0o755))
			harness.Fill(u.t, u.root, app, 3)
			u.agree()
			harness.Must(u.t, os.RemoveAll(u.path(app)))
		}},
		"app folder moved in": {byEvent, func(u *upheaval) {
			app := fmt.Sprintf("com.example.moved%d", u.edits)
			harness.Fill(u.t, u.aside, app, 3)
			u.rename(filepath.Join(u.aside, app), u.path(app))
			u.agree()
			harness.Save(u.t, u.root, harness.NthKey(app, 1), "second@example.com")
			u.agree()
			u.rename(u.path(app), filepath.Join(u.aside, "gone"+app))
		}},
		"app folder recreated": {byEvent, func(u *upheaval) {
			harness.Must(u.t, os.RemoveAll(u.path(u.contacts)))
			harness.Fill(u.t, u.root, u.contacts, 2)
		}},
		"app folder replaced": {byEvent, func(u *upheaval) {
			harness.Fill(u.t, u.aside, u.contacts, 3)
			u.rename(u.path(u.contacts), filepath.Join(u.aside, fmt.Sprint("former", u.edits)))
			u.rename(filepath.Join(u.aside, u.contacts), u.path(u.contacts))
		}},
		"root removed and recreated": {byPoll, func(u *upheaval) {
			harness.Must(u.t, os.RemoveAll(u.root))
			harness.Fill(u.t, u.root, u.contacts, 2)
			harness.Fill(u.t, u.root, u.orders, 2)
		}},
		"root removed for good": {byPoll, func(u *upheaval) {
			harness.Must(u.t, os.RemoveAll(u.root))
			u.agreeOnce()
			harness.Fill(u.t, u.root, u.orders, 2)
		}},
		"root renamed away and back": {byPoll, func(u *upheaval) {
			u.rename(u.root, filepath.Join(u.aside, "MobileApps"))
			u.agreeOnce()
			u.rename(filepath.Join(u.aside, "MobileApps"), u.root)
		}},
		"root replaced": {byPoll, func(u *upheaval) {
			next := filepath.Join(u.aside, fmt.Sprint("next", u.edits))
			harness.Fill(u.t, next, u.contacts, 3)
			u.rename(u.root, filepath.Join(u.aside, fmt.Sprint("former", u.edits)))
			u.rename(next, u.root)
		}},
		"parent renamed, another in its place": {byPoll, func(u *upheaval) {
			u.rename(u.parent, filepath.Join(u.aside, fmt.Sprint("parent", u.edits)))
			harness.Fill(u.t, u.root, u.contacts, 4)
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
			harness.Must(t, os.Mkdir(u.aside, 0o755))
			harness.Fill(t, u.root, u.contacts, 2)
			harness.Fill(t, u.root, u.orders, 2)
			common := []string{"--settle", "50ms", "--admit", "follow", "--resync", "0"}
			u.watching = harness.Launch(t, u.root, append(common, "--watch", "events", "--poll", c.poll)...)
			u.asked = harness.Launch(t, u.root, append(common, "--watch", "off")...)
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
	harness.Fill(t, root, loud, 3)
	harness.Fill(t, root, quiet, 2)
	// So long a delay that the neighbour never leaves a gap of it, on a busy machine
	// either: the longest wait alone ends the gathering.
	d := harness.Launch(t, root, "--settle", "50ms", "--watch", "events", "--poll", harness.Never, "--resync", "0",
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
			path := harness.FileOf(root, harness.NthKey(loud, i%5))
			switch i % 4 {
			case 0:
				_ = os.WriteFile(path, []byte("{"), 0o644)
			case 1:
				_ = os.Remove(path)
			default:
				_ = harness.Replace(path, harness.NewContent(harness.NthKey(loud, i%5)).With("round", i).Bytes())
			}
		}
	}()
	defer func() { close(stop); <-stopped }()
	for n := range 5 {
		email := fmt.Sprintf("edit%d@example.com", n)
		harness.Save(t, root, harness.NthKey(quiet, 0), email)
		d.Shows(t, harness.NthKey(quiet, 0), email)
	}
	// A verdict that takes two looks is reached, too.
	harness.Must(t, os.WriteFile(harness.FileOf(root, harness.NthKey(quiet, 1)), []byte("{"), 0o644))
	if !harness.Eventually(func() bool { _, err := d.Get(harness.NthKey(quiet, 1)); return err != nil }) {
		t.Error("a wrong file beside a restless folder is never found wrong")
	}
	harness.Must(t, os.Remove(harness.FileOf(root, harness.NthKey(quiet, 0))))
	if !harness.Eventually(func() bool { _, err := d.Get(harness.NthKey(quiet, 0)); return err != nil }) {
		t.Error("a deleted file beside a restless folder is never found deleted")
	}
	harness.Fill(t, root, "com.example.new", 1)
	if _, err := d.Open(t.Context(), harness.NthKey("com.example.new", 0)); err != nil {
		t.Error(err)
	}
}
