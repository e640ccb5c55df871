//go:build linux

package edit

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/edit"
	"sessiond/internal/session"
)

const (
	manyFiles = 2000
	// manyWriters write to as many files each, one after the other.
	manyWriters, writtenByEach = 4, 60
)

// Other programs write to some of 2,000 files while all of these are changed together. Every
// line of the answer is true, and nothing that anybody wrote is lost.
func TestStressOfMany(t *testing.T) {
	for name, way := range ways() {
		t.Run(name, func(t *testing.T) {
			s := newStressOf(t, way, manyFiles)
			items := make([]edit.Item, manyFiles)
			for n := range items {
				items[n].Key = key(n)
				if n >= manyWriters*writtenByEach { // nobody else writes to it
					digest := session.DigestOf(newDocument(key(n)).bytes())
					items[n].IfMatch = &digest
				}
			}
			var writers sync.WaitGroup
			var written [manyWriters * writtenByEach]int
			stop := make(chan struct{})
			slow := make([]bool, len(written))
			for w := range manyWriters {
				writers.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
						}
						n := w*writtenByEach + rand.N(writtenByEach)
						now, late := s.write(pathOf(s.root, key(n)), written[n], time.Now().Add(rand.N(longest)))
						written[n], slow[n] = now, slow[n] || late
					}
				})
			}
			status := session.StatusAccepted
			lines := 0
			s.editor.ChangeAll(context.Background(), items, edit.Set{Status: &status}, edit.Options{}, func(some []edit.Outcome) {
				for _, o := range some {
					lines++
					s.isTrue(o, items)
				}
			})
			close(stop)
			writers.Wait()
			if lines != manyFiles {
				t.Errorf("%d lines", lines)
			}
			// All that is left to be looked at is settled first.
			s.editor.Close()
			for n := range written {
				is := s.at(n)
				if is.Number != written[n] && !slow[n] {
					t.Errorf("%d has write %d of %d", n, is.Number, written[n])
				}
			}
			for n := len(written); n < manyFiles; n++ {
				if is := s.at(n); is.Status != status {
					t.Errorf("%d is %q", n, is.Status)
				}
			}
			if left := temporaries(t, s.root); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
			t.Log(s)
			if s.writes.Load() == 0 || s.torn.Load() > 0 || s.absent.Load() > 0 {
				t.Error("nothing was tried, or something was lost")
			}
		})
	}
}

// newStressOf is newStress over so many files.
func newStressOf(t *testing.T, w way, files int) *stress {
	t.Helper()
	s := newStress(t, w)
	s.root = newTree(t, harness.RoomyFolder(t), files)
	c := config(s.root, settle, s.trash)
	c.Notify = func(n edit.Notice) {
		switch n.Kind {
		case edit.NoticeAgain:
			s.again.Add(1)
		case edit.NoticeKept:
			s.superseded.Add(1)
		case edit.NoticeUndone:
			s.undone.Add(1) // it was invalid when it was to be edited again; what was written is in place
		default:
			s.t.Errorf("told: %+v", n)
		}
	}
	s.editor = edit.New(c)
	return s
}

// isTrue holds a line against the file, unless others write to that.
func (s *stress) isTrue(o edit.Outcome, items []edit.Item) {
	fault := &edit.Error{}
	switch {
	case o.Err == nil:
		s.edits.Add(1)
	case errors.As(o.Err, &fault) && (fault.Kind == edit.KindConflict || fault.Kind == edit.KindBusy || fault.Kind == edit.KindRejected):
		s.conflicts.Add(1)
	default:
		s.t.Errorf("%q: %v", o.Key, o.Err)
	}
	data, err := os.ReadFile(pathOf(s.root, o.Key))
	if err != nil {
		s.t.Error(err)
		return
	}
	for n := range manyWriters * writtenByEach {
		if items[n].Key == o.Key {
			return
		}
	}
	if o.Err != nil || !o.Changed || session.DigestOf(data) != o.Digest || !strings.Contains(string(data), session.StatusAccepted) {
		s.t.Errorf("%q is %s, told: %+v", o.Key, data, o)
	}
}

// at reads the file of a number.
func (s *stress) at(n int) document {
	data, err := os.ReadFile(pathOf(s.root, key(n)))
	if err != nil {
		s.t.Error(err)
	}
	is, err := parse(data)
	if err != nil {
		s.t.Errorf("at rest, a file is %q: %v", data, err)
	}
	return is
}
