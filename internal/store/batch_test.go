package store_test

import (
	"bytes"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// appendLine appends what no two events have in common.
func appendLine(to []byte, e session.Event) ([]byte, error) {
	return fmt.Appendf(to, "%d %s\n", e.Revision, e.Session), nil
}

type fataler interface{ Fatal(args ...any) }

// text returns the text of a batch.
func text(t fataler, b store.Batch) string {
	lines, err := b.Lines(appendLine)
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.Join(lines, nil))
}

// textOf returns the text of events.
func textOf(t fataler, events []session.Event) string {
	var all []byte
	for _, e := range events {
		var err error
		if all, err = appendLine(all, e); err != nil {
			t.Fatal(err)
		}
	}
	return string(all)
}

// However many follow, and from wherever, each event becomes text once.
func TestFollowersShareTheText(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // until memory is collected
	const followers, passes, each = 20, 10, 300
	s := store.New(start)
	for n := range passes {
		s.Apply(pass(n, updates(many(each, "")...)))
	}
	var made atomic.Int64
	count := func(to []byte, e session.Event) ([]byte, error) {
		made.Add(1)
		return appendLine(to, e)
	}
	var all sync.WaitGroup
	for n := range followers {
		f := follow(t, s, startRevision+uint64(n*7))
		all.Go(func() {
			for left := passes*each - n*7; left > 0; {
				batch, err := f.Next(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				left -= batch.Len()
				lines, err := batch.Lines(count)
				if got, want := string(bytes.Join(lines, nil)), textOf(t, batch.Events()); err != nil || got != want {
					t.Errorf("the text is %q, %v; want %q", got, err, want)
				}
			}
		})
	}
	all.Wait()
	if made.Load() != passes*each {
		t.Errorf("%d lines were made for %d events", made.Load(), passes*each)
	}
}

// A follower that wakes up late is given what has gathered at once.
func TestSmallPassesGather(t *testing.T) {
	s := store.New(start)
	f := follow(t, s, startRevision)
	for n := range 100 {
		s.Apply(pass(n, updates(newSession(keyA, session.StatusAccepted, ""))))
	}
	batch, err := f.Next(t.Context())
	if err != nil || batch.Len() != 100 {
		t.Errorf("%d events, %v; want all 100", batch.Len(), err)
	}
}

// Text is not kept beside the log.
func TestTextIsNotKept(t *testing.T) {
	s := store.New(start)
	s.Apply(pass(1, updates(newSession(keyA, session.StatusAccepted, ""))))
	made := 0
	for range 2 {
		batch, err := follow(t, s, startRevision).Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := batch.Lines(func(to []byte, _ session.Event) ([]byte, error) {
			made++
			return to, nil
		}); err != nil {
			t.Fatal(err)
		}
		debug.FreeOSMemory() // collects memory
	}
	if made != 2 {
		t.Errorf("the line was made %d times, want 2: once more after it was not needed any longer", made)
	}
}
