//go:build soak && unix

package soak

import (
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"sessiond/internal/session"
)

// write has several writers work in the tree for a while. Each step they take is
// carried to its end.
func (s *soak) write(d time.Duration) {
	over := time.Now().Add(d)
	think := upTo(s.random, 40*time.Millisecond)
	var all sync.WaitGroup
	for number := range 4 + s.random.IntN(9) {
		w := &writer{soak: s, random: s.fork(), number: number}
		all.Go(func() {
			for time.Now().Before(over) && s.ctx.Err() == nil {
				if err := w.step(); err != nil {
					s.diverge(session.Key{}, "the soak's own writer cannot go on: %v", err)
				}
				w.sleep(upTo(w.random, think+1))
			}
		})
	}
	all.Wait()
}

// step does one thing, to a file as a rule.
func (w *writer) step() error {
	switch {
	case w.one(150):
		return w.stepRoot()
	case w.one(15):
		return w.stepFolder()
	}
	w.grove.gate.RLock()
	defer w.grove.gate.RUnlock()
	a := w.grove.apps[w.random.IntN(len(w.grove.apps))]
	a.gate.RLock()
	defer a.gate.RUnlock()
	f := a.files[w.random.IntN(len(a.files))]
	if a.back != nil || !f.busy.TryLock() {
		return nil
	}
	defer f.busy.Unlock()
	e := draw(w.random, edits(), func(e edit) int { return e.weight })
	w.journal.note(f.key, "%s", e.name)
	return named(e.name, e.do(w, a, f))
}

func (w *writer) stepFolder() error {
	w.grove.gate.RLock()
	defer w.grove.gate.RUnlock()
	a := w.grove.apps[w.random.IntN(len(w.grove.apps))]
	a.gate.Lock()
	defer a.gate.Unlock()
	key := session.Key{App: filepath.Base(a.path)}
	if a.back != nil {
		w.journal.note(key, "folder renamed back")
		back := a.back
		a.back = nil
		return named("folder renamed back", back())
	}
	e := draw(w.random, folderEdits(), func(e folderEdit) int { return e.weight })
	w.journal.note(key, "%s", e.name)
	defer w.journal.note(key, "%s: done", e.name)
	return named(e.name, e.do(w, a))
}

func (w *writer) stepRoot() error {
	w.grove.gate.Lock()
	defer w.grove.gate.Unlock()
	e := draw(w.random, rootEdits(), func(e rootEdit) int { return e.weight })
	w.journal.note(session.Key{}, "%s", e.name)
	defer w.journal.note(session.Key{}, "%s: done", e.name)
	return named(e.name, e.do(w))
}

func named(name string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
