//go:build unix

package law

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

// walk takes a MobileApps folder through random states. It looks at the disk to
// see what can be done next, so that a step depends on nothing but the seed and the
// steps before.
type walk struct {
	t      *testing.T
	random *rand.Rand
	root   string
	parked string // where folders are that were moved away
	edits  int

	// toOpen is what the daemons are to be asked to open now, all for the root
	// key; nil where the last step was another.
	toOpen *session.Key
}

// The places of a walk: few, so that much happens to each.
var walkKeys = []session.Key{
	{App: "K7QX2M9TRB.com.example.Contacts", ID: "2bc1ecb410e142bce83bce6f212b41e1781536dc"},
	{App: "K7QX2M9TRB.com.example.Contacts", ID: "73675debcd8a436be48ec22211dcf44fe0df0a64"},
	{App: "K7QX2M9TRB.com.example.Contacts", ID: "short"},
	{App: "com.example.orders", ID: "95c087574aceea97f579fc5beeed2f531e8e867e"},
	{App: "com.example.orders", ID: "ae80d870eb40a8fd7c256c0ec3faf2ba511ba134"},
}

func newWalk(t *testing.T, random *rand.Rand) *walk {
	t.Helper()
	base := t.TempDir()
	w := &walk{
		t: t, random: random,
		root:   filepath.Join(base, "tree", "MobileApps"),
		parked: filepath.Join(base, "parked"),
	}
	harness.Must(t, os.MkdirAll(w.parked, 0o755))
	for _, key := range walkKeys[1:] {
		harness.Must(t, harness.Replace(harness.FileOf(w.root, key), w.valid(key)))
	}
	return w
}

// step does something that can be done, and says what.
func (w *walk) step() string {
	w.toOpen = nil
	for {
		a := w.draw()
		if what, done := a.do(w); done {
			return a.name + " " + what
		}
	}
}

// draw returns an action, each as often as its weight says.
func (w *walk) draw() action {
	total := 0
	for _, a := range actions() {
		total += a.weight
	}
	drawn := w.random.IntN(total)
	for _, a := range actions() {
		if drawn -= a.weight; drawn < 0 {
			return a
		}
	}
	panic("the weights do not add up")
}

func (w *walk) key() session.Key { return walkKeys[w.random.IntN(len(walkKeys))] }

// app returns the path of an app folder, which need not be there.
func (w *walk) app() string { return filepath.Join(w.root, w.key().App) }

// valid returns a compliant file that differs from all before, in its length, too.
func (w *walk) valid(key session.Key) []byte {
	w.edits++
	email := fmt.Sprintf("user-%d%s@example.com", w.edits, "xxxxxxxx"[:w.edits%8])
	return harness.NewContent(key).With("email", email).Bytes()
}

// wrong returns a file with one of the errors.
func (w *walk) wrong(key session.Key) []byte {
	w.edits++
	c := harness.NewContent(key).With("edit", w.edits)
	switch w.random.IntN(5) {
	case 0:
		return nil
	case 1:
		return c.Bytes()[:100+w.edits]
	case 2:
		return c.With("status", "maybe").Bytes()
	case 3:
		return c.With("session", map[string]any{"id": "elsewhere"}).Bytes()
	}
	return c.With("token", harness.Token("com.example.Other", key.ID, "")).Bytes()
}

// put writes a file in one of the ways that programs have.
func (w *walk) put(path string, data []byte) {
	w.t.Helper()
	switch w.random.IntN(3) {
	case 0:
		harness.Must(w.t, harness.Replace(path, data))
	case 1:
		harness.Must(w.t, os.MkdirAll(filepath.Dir(path), 0o755))
		harness.Must(w.t, harness.Rewrite(path, data, func() {}))
	case 2:
		harness.Must(w.t, os.MkdirAll(filepath.Dir(path), 0o755))
		harness.Must(w.t, os.RemoveAll(path))
		harness.Must(w.t, os.WriteFile(path, data, 0o644))
	}
}

// move renames, where there is something to rename and nothing in its way.
func (w *walk) move(from, to string) bool {
	w.t.Helper()
	if !harness.Exists(from) || harness.Exists(to) {
		return false
	}
	harness.Must(w.t, os.Rename(from, to))
	return true
}
