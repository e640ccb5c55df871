//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"time"
)

// editor edits the session files of a tree and sees when the edits are visible: a
// follower of the daemon's events has read a line about the session, and a GET
// then shows this edit or a later one.
type editor struct {
	tree   *tree
	random *rand.Rand
	edits  int

	events, reader *wire
	ended          chan struct{} // there are no more events
	// believe takes an event for an edit without a GET, where there are too many.
	believe bool

	mu      sync.Mutex
	awaited map[string][]*edited // by key, in the order of the edits
	missing int                  // of them
	failed  error                // why some will never be seen
	arrived chan struct{}        // all that was awaited is visible, or something never will be
}

// edited is an edit that is waited for.
type edited struct {
	email       string
	began, seen time.Time
}

func (l *lab) newEditor(d *daemon, t *tree) (*editor, error) {
	e := l.newBlindEditor(t)
	var err error
	if e.reader, err = dialWire(d.socket); err != nil {
		return nil, err
	}
	// A connection without a request is closed after some seconds.
	if _, err := e.reader.do(request("GET", "/v1/status")); err != nil {
		e.reader.close()
		return nil, err
	}
	if e.events, err = dialWire(d.socket); err != nil {
		e.reader.close()
		return nil, err
	}
	lines, err := e.events.follow("")
	if err != nil {
		e.reader.close()
		e.events.close()
		return nil, err
	}
	go func() {
		defer close(e.ended)
		for {
			line, err := lines.ReadSlice('\n')
			if err != nil {
				return // the edits that are waited for tell
			}
			e.heard(string(member(line, "session")), time.Now())
		}
	}()
	return e, nil
}

// newBlindEditor returns an editor whose [editor.heard] somebody else calls.
func (l *lab) newBlindEditor(t *tree) *editor {
	random := rand.New(rand.NewPCG(l.seed, uint64(time.Now().UnixNano()))) //nolint:gosec // any file will do
	// A tree may have been edited before. No edit may write what a file has already.
	return &editor{
		tree: t, random: random, edits: random.IntN(1_000_000),
		awaited: make(map[string][]*edited), arrived: make(chan struct{}, 1), ended: make(chan struct{}),
	}
}

func (e *editor) close() {
	e.events.close()
	<-e.ended
	e.reader.close()
}

// heard takes note that there is news of a session.
func (e *editor) heard(k string, at time.Time) {
	e.mu.Lock()
	waiting := e.awaited[k]
	e.mu.Unlock()
	if len(waiting) == 0 {
		return
	}
	shown := len(waiting) // how many of the edits are visible
	if e.reader != nil && !e.believe {
		body, err := e.reader.do(request("GET", "/v1/sessions/"+k))
		if err != nil {
			e.fail(fmt.Errorf("cannot see an edit: %w", err))
			return
		}
		for shown > 0 && !bytes.Contains(body, []byte(waiting[shown-1].email)) {
			shown--
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, w := range waiting[:shown] {
		w.seen = at
	}
	e.awaited[k] = e.awaited[k][shown:]
	if e.missing -= shown; e.missing == 0 {
		e.tell()
	}
}

// fail has nobody wait any longer.
func (e *editor) fail(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.failed = err
	e.tell()
}

// tell has whoever waits look again.
func (e *editor) tell() {
	select {
	case e.arrived <- struct{}{}:
	default:
	}
}

// next returns the next edit of a session: what it is waited for by, and the file.
func (e *editor) next(i int) (k key, w *edited, data []byte) {
	e.edits++
	k, data = e.tree.session(i, e.edits)
	return k, &edited{email: e.tree.person(i, e.edits).email}, data
}

// await has an edit waited for, before it is made.
func (e *editor) await(k key, w *edited) {
	name := k.String()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.awaited[name] = append(e.awaited[name], w)
	e.missing++
}

// one edits a session.
func (e *editor) one(i int, save save) (*edited, error) {
	k, w, data := e.next(i)
	e.await(k, w)
	began, err := save(e.tree.path(k), data)
	if err != nil {
		return nil, fmt.Errorf("cannot save a session file: %w", err)
	}
	w.began = began
	return w, nil
}

// anyFile chooses a session.
func (e *editor) anyFile() int { return e.random.IntN(e.tree.files) }

// several makes some edits, begun so far apart, whether or not those before are
// visible, and returns how long each took to be visible.
func (e *editor) several(ctx context.Context, n int, apart time.Duration, choose func() int, save save) ([]float64, error) {
	var made []*edited
	clock := time.NewTicker(apart)
	defer clock.Stop()
	for range n {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-clock.C:
		}
		w, err := e.one(choose(), save)
		if err != nil {
			return nil, err
		}
		made = append(made, w)
	}
	if err := e.settled(ctx); err != nil {
		return nil, err
	}
	var durations []float64
	for _, w := range made {
		// What a look found before the file was closed counts as 0.
		durations = append(durations, milliseconds(max(0, w.seen.Sub(w.began))))
	}
	return durations, nil
}

// settled waits until all edits are visible.
func (e *editor) settled(ctx context.Context) error {
	late := time.After(patience)
	for {
		e.mu.Lock()
		missing, failed := e.missing, e.failed
		e.mu.Unlock()
		if missing == 0 || failed != nil {
			return failed
		}
		select {
		case <-e.arrived:
		case <-ctx.Done():
			return ctx.Err()
		case <-e.ended:
			return fmt.Errorf("cannot see %d edits: the stream of events broke off: %w", missing, io.ErrUnexpectedEOF)
		case <-late:
			return errors.New("cannot see an edit: no event tells of it")
		}
	}
}

// outside is a folder beside the tree, on the same file system.
func (t *tree) outside() string { return filepath.Dir(t.root) }
