//go:build soak && unix

package soak

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/session"
)

// grove is the MobileApps folder of a soak, and who works where in it: one writer
// at a time on a file, any number in a folder, and nobody beneath a folder that is
// being moved.
type grove struct {
	base   string
	top    string // base/top
	disk   string // what is mounted there; empty: nothing
	root   string // base/top/tree/MobileApps
	parked string // base/top/parked: where folders are that were moved away
	gate   sync.RWMutex
	apps   []*appFolder
	edits  atomic.Uint64
	ledger *ledger
}

type appFolder struct {
	path   string
	parked string
	gate   sync.RWMutex
	files  []*sessionFile
	// back brings the folder back; nil: it is there.
	back func() error
}

// sessionFile is the place of a session file, which need not be there.
type sessionFile struct {
	key  session.Key
	path string
	busy sync.Mutex
}

// newGrove makes a tree with some 50 to 300 sessions. Its folders can be read by
// all, since the daemons may run as another user.
func newGrove(random *rand.Rand, l *ledger) (*grove, error) {
	base, err := os.MkdirTemp("", "soak")
	if err != nil {
		return nil, err
	}
	top := filepath.Join(base, "top")
	g := &grove{
		base: base, top: top, ledger: l,
		root:   filepath.Join(top, "tree", "MobileApps"),
		parked: filepath.Join(top, "parked"),
	}
	if err := errors.Join(os.Chmod(base, 0o755), os.Mkdir(top, 0o755)); err != nil {
		return nil, err
	}
	if g.disk, err = mountDisk(top); err != nil {
		return nil, fmt.Errorf("cannot mount a disk: %w", err)
	}
	if err := os.Mkdir(g.parked, 0o755); err != nil {
		return nil, err
	}
	for i, name := range []string{
		"K7QX2M9TRB.com.example.Contacts", "K7QX2M9TRB.com.example.Stock", "FAKETEAMID.com.example.Visits",
		"com.example.orders", "com.example.Noon", "io.example.tickets",
	}[:3+random.IntN(4)] {
		app := &appFolder{path: filepath.Join(g.root, name), parked: filepath.Join(g.parked, name)}
		for j := range 20 + random.IntN(50) {
			key := harness.KeyOf(name, fmt.Sprint("device ", i, j))
			app.files = append(app.files, &sessionFile{key: key, path: harness.FileOf(g.root, key)})
		}
		g.apps = append(g.apps, app)
		if err := os.MkdirAll(app.path, 0o755); err != nil {
			return nil, err
		}
		for _, f := range app.files {
			if random.IntN(6) == 0 {
				continue
			}
			err := l.change(f.key, whole, func() error { return os.WriteFile(f.path, g.valid(random, f.key), 0o644) })
			if err != nil {
				return nil, err
			}
		}
	}
	return g, nil
}

// keys are those of all places in a folder.
func (a *appFolder) keys() []session.Key {
	keys := make([]session.Key, len(a.files))
	for i, f := range a.files {
		keys[i] = f.key
	}
	return keys
}

// keys are those of all places in the tree.
func (g *grove) keys() []session.Key {
	var keys []session.Key
	for _, a := range g.apps {
		keys = append(keys, a.keys()...)
	}
	return keys
}

// content returns a compliant session that differs from all before. What readers
// see must come from one edit: its number stands in several members.
func (g *grove) content(random *rand.Rand, key session.Key) harness.Content {
	edit := g.edits.Add(1)
	c := harness.NewContent(key).With("email", fmt.Sprintf("edit-%08d@example.com", edit))
	c["device"].(map[string]any)["description"] = fmt.Sprintf("edit-%08d", edit)
	c["userInfo"] = map[string]any{"tick": "00000000", "pad": make([]int, random.IntN(200))}
	if random.IntN(4) == 0 {
		c["status"] = session.StatusPending
	}
	return c
}

func (g *grove) valid(random *rand.Rand, key session.Key) []byte {
	data := g.content(random, key).Bytes()
	if random.IntN(10) == 0 {
		data = append([]byte("\xef\xbb\xbf"), data...)
	}
	return data
}

// wrong returns a file with one of the errors.
func (g *grove) wrong(random *rand.Rand, key session.Key) []byte {
	c := g.content(random, key)
	switch random.IntN(6) {
	case 0:
		return nil
	case 1:
		return c.Bytes()[:50+random.IntN(200)]
	case 2:
		return append(c.Bytes(), '}')
	case 3:
		return c.With("status", "maybe").Bytes()
	case 4:
		return c.With("session", map[string]any{"id": "elsewhere"}).Bytes()
	}
	return c.With("token", harness.Token("com.example.Other", key.ID, "")).Bytes()
}

// clear takes the tree away, also where a fault was not ended.
func (g *grove) clear() {
	for _, folder := range append(g.folders(), g.root, filepath.Dir(g.root)) {
		_ = os.Chmod(folder, 0o755) // most are as they were
	}
	unmountAll(g.base)
	_ = os.RemoveAll(g.base)
}

func (g *grove) folders() []string {
	var folders []string
	for _, a := range g.apps {
		folders = append(folders, a.path)
	}
	return folders
}

// writer is one of several that work in the tree at once.
type writer struct {
	*soak
	random *rand.Rand
	number int // among those at work
}

// pause is what a writer does in the middle of a save: a fifth of the settle time
// at most.
func (w *writer) pause() { w.sleep(upTo(w.random, soakSettle/5)) }

// hold is how long a folder is away: sometimes too short to count, sometimes long
// enough.
func (w *writer) hold() { w.sleep(upTo(w.random, 3*soakSettle)) }

func (w *writer) sleep(d time.Duration) {
	select {
	case <-w.ctx.Done():
	case <-time.After(d):
	}
}

// one says yes once in n times.
func (w *writer) one(n int) bool { return w.random.IntN(n) == 0 }
