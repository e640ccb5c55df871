//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"sessiond/internal/session"
)

// quiet is how far apart edits are at least: longer than a watch is gathered, so
// that each comes after a quiet time, as a person's does.
const quiet = 300 * time.Millisecond

// began is when a file was as it is to be.
type began = time.Time

// edit is one way to save a file. It returns when the file was as it is to be:
// just before the call that makes it so.
type edit struct {
	name       string
	middle     string // goal for the median, in milliseconds
	late       string // goal for the 99th percentile
	floorToo   bool
	save       func(path string, data []byte) (began, error)
	durations  []time.Duration
	floorTimes []time.Duration
}

// editToVisible measures from the edit until a follower of the daemon's events,
// on another connection, has read the line that tells of it. The session is in
// the store before that line is written; that a GET then shows the edit is
// checked each time, and not timed. The floor is a C program that waits for the
// same event and reads the file.
func (l *lab) editToVisible(ctx context.Context, files int) error {
	t, err := l.tree(ctx, files)
	if err != nil {
		return err
	}
	d, err := l.startDaemon(ctx, t.root)
	if err != nil {
		return err
	}
	defer d.end()
	e, err := l.newEditor(ctx, d, t)
	if err != nil {
		return err
	}
	defer e.close()
	edits := []*edit{
		{name: "renamed into place", middle: "2", late: "10", floorToo: true, save: rename},
		{name: "written in place, from the close", middle: "5", late: "50", floorToo: true, save: rewrite(0)},
		{name: "written in place, empty for 5 ms, from the close", save: rewrite(5 * time.Millisecond)},
	}
	for range l.rounds {
		for _, way := range edits {
			for range l.edits {
				if err := e.edit(ctx, way); err != nil {
					return fmt.Errorf("%s: %w", way.name, err)
				}
			}
		}
	}
	for _, way := range edits {
		l.report.percentiles("edit to visible, "+way.name, way.middle, way.late, way.durations)
		l.report.keep("edit to visible, "+way.name, nanoseconds(way.durations))
		if way.floorToo {
			l.report.percentiles("  the same, C floor (inotify, read)", "", "", way.floorTimes)
			l.report.keep("floor, edit "+way.name, nanoseconds(way.floorTimes))
		}
	}
	return nil
}

// percentiles adds the lines of an edit: their medians and 99th percentiles.
func (r *report) percentiles(what, middle, late string, durations []time.Duration) {
	for _, at := range []struct {
		p    float64
		goal string
	}{{50, middle}, {99, late}} {
		r.Lines = append(r.Lines, line{
			What: fmt.Sprintf("%s, p%.0f", what, at.p), Unit: "ms", Goal: at.goal, Rounds: len(durations),
			spread: spread{
				Min:    milliseconds(percentile(durations, 0)),
				Median: milliseconds(percentile(durations, at.p)),
				Max:    milliseconds(percentile(durations, 100)),
			},
		})
	}
}

func nanoseconds(durations []time.Duration) []float64 {
	all := make([]float64, len(durations))
	for i, d := range durations {
		all[i] = float64(d)
	}
	return all
}

// editor edits the sessions of a daemon and sees when they are visible.
type editor struct {
	tree   *tree
	reader *wire
	seen   chan seen
	cancel context.CancelFunc
	edits  int
	edited map[int]bool
	random *rand.Rand

	floorDir string
	floor    *background
}

// seen is an event that was read.
type seen struct {
	key session.Key
	at  time.Time
}

func (l *lab) newEditor(ctx context.Context, d *daemon, t *tree) (*editor, error) {
	e := &editor{tree: t, seen: make(chan seen, 1024), edited: make(map[int]bool), random: rand.New(rand.NewPCG(l.seed, 0))} //nolint:gosec // any file will do
	var err error
	if e.reader, err = dialWire(d.socket); err != nil {
		return nil, err
	}
	ctx, e.cancel = context.WithCancel(ctx)
	go func() {
		defer close(e.seen)
		_ = d.Events(ctx, nil, func(ev session.Event) error { // its end is seen in the channel
			e.seen <- seen{ev.Session, time.Now()}
			return nil
		})
	}()
	e.floorDir = filepath.Join(filepath.Dir(t.root), "floor")
	if err := os.MkdirAll(e.floorDir, 0o750); err != nil {
		return nil, fmt.Errorf("cannot make a folder for the floor: %w", err)
	}
	if e.floor, err = startBackground(ctx, l.floor, "watch", e.floorDir); err != nil {
		return nil, err
	}
	_, err = e.floor.next()
	return e, err
}

func (e *editor) close() {
	e.cancel()
	e.reader.close()
	e.floor.end()
	_ = os.RemoveAll(e.floorDir)
	for i := range e.edited {
		_ = e.tree.restore(i) // at worst a later run begins with an edited session
	}
}

// edit edits a session, any one, checks that the edit is visible, and has the
// floor see the same edit.
func (e *editor) edit(ctx context.Context, way *edit) error {
	key, data, err := e.save(ctx, way)
	if err != nil {
		return err
	}
	if err := e.check(key, data); err != nil || !way.floorToo {
		return err
	}
	began, err := way.save(filepath.Join(e.floorDir, key.ID()), data)
	if err != nil {
		return fmt.Errorf("cannot save a file for the floor: %w", err)
	}
	if _, err := e.floor.next(); err != nil {
		return err
	}
	way.floorTimes = append(way.floorTimes, time.Since(began))
	return nil
}

// unchecked edits a session and asks the daemon for nothing.
func (e *editor) unchecked(ctx context.Context, way *edit) error {
	_, _, err := e.save(ctx, way)
	return err
}

// save edits a session, any one, after a quiet time, and waits until it is
// visible.
func (e *editor) save(ctx context.Context, way *edit) (session.Key, []byte, error) {
	i := e.random.IntN(e.tree.files)
	e.edits++
	e.edited[i] = true
	key, data := e.tree.edited(i, e.edits%999+1)
	if err := wait(ctx, quiet+time.Duration(e.random.Int64N(int64(100*time.Millisecond)))); err != nil {
		return key, data, err
	}
	began, err := way.save(e.tree.path(key), data)
	if err != nil {
		return key, data, fmt.Errorf("cannot save a session file: %w", err)
	}
	visible, err := e.awaitEvent(ctx, key)
	// What a look found before the file was closed counts as 0.
	way.durations = append(way.durations, max(0, visible.Sub(began)))
	return key, data, err
}

// awaitEvent waits for the event of an edit and returns when it was read.
func (e *editor) awaitEvent(ctx context.Context, key session.Key) (time.Time, error) {
	for {
		select {
		case s, ok := <-e.seen:
			if !ok {
				return time.Time{}, errors.New("the stream of events broke off")
			}
			if s.key == key {
				return s.at, nil
			}
		case <-time.After(patience):
			return time.Time{}, errors.New("no event tells of an edit")
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		}
	}
}

// check holds that a reader now gets the session with this content.
func (e *editor) check(key session.Key, data []byte) error {
	body, err := e.reader.do(request("GET", "/v1/sessions/"+string(key)))
	if err != nil {
		return err
	}
	_, email, _ := bytes.Cut(data, []byte(`"email":"`))
	email, _, _ = bytes.Cut(email, []byte(`"`))
	if !bytes.Contains(body, email) {
		return fmt.Errorf("%w: the edit of a session that was told of is not visible", errAnswer)
	}
	return nil
}

// rename saves a file by renaming another one into its place.
func rename(path string, data []byte) (began, error) {
	temporary := path + ".tmp"
	if err := os.WriteFile(temporary, data, 0o600); err != nil {
		return began{}, err
	}
	return renameTo(temporary, path)
}

func renameTo(temporary, path string) (began, error) {
	at := time.Now()
	return at, os.Rename(temporary, path)
}

// rewrite saves a file in place, as 4D does: it is emptied, and then written in
// pieces, in this example after a while.
func rewrite(empty time.Duration) func(path string, data []byte) (began, error) {
	const piece = 200
	return func(path string, data []byte) (began, error) {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return began{}, err
		}
		if empty > 0 {
			<-time.After(empty)
		}
		for len(data) > 0 && err == nil {
			n := min(piece, len(data))
			_, err = f.Write(data[:n])
			data = data[n:]
		}
		at := time.Now()
		return at, errors.Join(err, f.Close())
	}
}
