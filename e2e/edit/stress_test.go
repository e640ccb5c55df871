//go:build linux

package edit

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sessiond/e2e/harness"
	"sessiond/internal/edit"
	"sessiond/internal/session"
)

var stressFor = flag.Duration("edit.for", 3*time.Second, "how long the stress test goes on")

const (
	// stressFiles are under way at the same time; most of them wait for the settle time.
	stressFiles = 48
	// busyFiles of them are written and edited: if there were many, a program could be
	// kept from the processor for longer than the settle time between two of its calls.
	busyFiles = 2
	settle    = 250 * time.Millisecond
	longest   = 12 * time.Millisecond // that a program goes on writing to a file
)

// Other programs rewrite files as fast as they can while these are edited. What each
// wrote last is there in the end, and so is the last edit; and readers always find a
// whole file.
func TestStress(t *testing.T) {
	for name, way := range ways() {
		t.Run(name, func(t *testing.T) {
			s := newStress(t, way)
			s.run(time.Now().Add(*stressFor), 0)
			t.Log(s)
			if s.lost.Load() > 0 || s.torn.Load() > 0 || s.absent.Load() > 0 || s.undone.Load() > 0 {
				t.Error("something was lost")
			}
			if s.rounds.Load() == 0 || s.edits.Load() == 0 || way.longOpen && s.again.Load() == 0 {
				t.Error("nothing was tried")
			}
			s.editor.Close()
			if left := temporaries(t, s.root); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// The stress test notices what is lost: editors that leave out a part lose writes. Two of
// them do so too seldom for a short test: -edit.for 1m shows how often.
func TestStressNoticesLosses(t *testing.T) {
	for name, c := range careless() {
		t.Run(name, func(t *testing.T) {
			s := newStress(t, ways()[c.against])
			s.editor = edit.New(c.editor(config(s.root, settle, s.trash)))
			switch {
			case c.often:
				s.run(time.Now().Add(time.Minute), 1)
			case *stressFor >= time.Minute:
				s.run(time.Now().Add(*stressFor), math.MaxInt64)
			}
			t.Log(s)
			if c.often && s.lost.Load() == 0 {
				t.Error("nothing was lost")
			}
			s.editor.Close()
		})
	}
}

// way is how other programs write.
type way struct {
	rewrite func(path string, data []byte) error
	whole   bool // readers never find a part of a file
	// longOpen is true where they have the file open for a while before they write, so
	// that edits come in between.
	longOpen bool
}

func ways() map[string]way {
	return map[string]way{
		"in place":              {rewrite: inPlace},
		"by rename":             {rewrite: byRename, whole: true},
		"in place, open before": {rewrite: openBefore, longOpen: true},
	}
}

// stress is a tree under stress, and what was seen.
type stress struct {
	t    *testing.T
	root string
	way
	editor *edit.Editor
	trash  *memoryTrash
	busy   chan struct{}

	rounds, writes, edits, conflicts  atomic.Int64
	reads, torn, absent, lost, undone atomic.Int64
	repeated, again, superseded, slow atomic.Int64
}

func newStress(t *testing.T, w way) *stress {
	t.Helper()
	s := &stress{t: t, root: newTree(t, harness.RoomyFolder(t), stressFiles), way: w, trash: &memoryTrash{}, busy: make(chan struct{}, busyFiles)}
	c := config(s.root, settle, s.trash)
	c.Notify = func(n edit.Notice) {
		switch n.Kind {
		case edit.NoticeAgain:
			s.again.Add(1)
		case edit.NoticeKept:
			s.superseded.Add(1)
		default:
			s.t.Errorf("told: %+v", n)
		}
	}
	s.editor = edit.New(c)
	return s
}

func (s *stress) String() string {
	return fmt.Sprintf("%d rounds, %d writes by others, %d edits, %d attempts overtaken, %d conflicts, %d made again, %d superseded, %d too slow, %d reads: %d torn, %d absent; lost: %d writes, %d edits",
		s.rounds.Load(), s.writes.Load(), s.edits.Load(), s.repeated.Load(), s.conflicts.Load(), s.again.Load(), s.superseded.Load(), s.slow.Load(),
		s.reads.Load(), s.torn.Load(), s.absent.Load(), s.lost.Load(), s.undone.Load())
}

// run goes on until a deadline, or until enough was lost.
func (s *stress) run(deadline time.Time, enough int64) {
	var all sync.WaitGroup
	for n := range stressFiles {
		all.Go(func() {
			for written := 0; time.Now().Before(deadline) && (enough == 0 || s.lost.Load() < enough) && !s.t.Failed(); {
				written = s.round(key(n), written)
			}
		})
	}
	all.Wait()
}

// round has a file written and edited at once, and looks at the end of it. It returns
// the number of the last write.
func (s *stress) round(k session.Key, written int) int {
	s.rounds.Add(1)
	path := pathOf(s.root, k)
	// This waits until nothing is left to look at of the last round.
	_, _ = s.editor.Change(context.Background(), k, edit.Set{}, edit.Options{DryRun: true})
	s.busy <- struct{}{}
	stop := make(chan struct{})
	var others, reader sync.WaitGroup
	reader.Go(func() { s.read(path, stop) })
	slow := false
	others.Go(func() { written, slow = s.write(path, written, time.Now().Add(rand.N(longest))) })
	s.edit(k, edit.Set{Email: new(fmt.Sprintf("%d@example.com", rand.N(1000)))})
	others.Wait()
	close(stop)
	reader.Wait()
	<-s.busy

	// This waits until what the first edit has to look at is settled.
	status := session.StatusAccepted
	if written%2 == 0 {
		status = session.StatusPending
	}
	result, err := s.editor.Change(context.Background(), k, edit.Set{Status: &status}, edit.Options{})
	if err != nil {
		s.t.Errorf("the last edit: %v", err)
		return written
	}
	data, err := os.ReadFile(path)
	if err != nil {
		s.t.Error(err)
		return written
	}
	is, err := parse(data)
	if err != nil {
		s.t.Errorf("at rest, a file is %q: %v", data, err)
		return written
	}
	switch {
	case slow: // nothing is promised to it
		s.slow.Add(1)
		return is.Number
	case is.Number != written:
		s.lost.Add(1)
	}
	if is.Status != status || result.After.Status() != status {
		s.undone.Add(1)
	}
	return written
}

// write reads and rewrites a file as fast as it can, and counts. It is slow where the
// machine kept it from writing for longer than the settle time.
func (s *stress) write(path string, written int, until time.Time) (now int, slow bool) {
	for time.Now().Before(until) {
		data, err := os.ReadFile(path)
		if err != nil {
			s.absent.Add(1)
			return written, slow
		}
		is, err := parse(data)
		if err != nil { // nobody else leaves a part of a file
			s.torn.Add(1)
			return written, slow
		}
		is.Number = written + 1
		began := time.Now()
		if err := s.rewrite(path, is.bytes()); err != nil {
			s.t.Error(err)
			return written, slow
		}
		slow = slow || time.Since(began) > settle
		written++
		s.writes.Add(1)
	}
	return written, slow
}

// read reads a file as fast as it can. It is always there, and whole unless another
// program writes it in place.
func (s *stress) read(path string, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
		}
		s.reads.Add(1)
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			s.absent.Add(1)
			continue
		}
		if _, err := parse(data); s.whole && err != nil {
			s.torn.Add(1)
		}
	}
}

func (s *stress) edit(k session.Key, set edit.Set) {
	attempts := int64(0)
	_, err := s.editor.Change(context.Background(), k, set, edit.Options{Intent: func([]edit.Result) error { attempts++; return nil }})
	s.repeated.Add(max(0, attempts-1))
	var fault *edit.Error
	switch {
	case err == nil:
		s.edits.Add(1)
	case errors.As(err, &fault) && (fault.Kind == edit.KindConflict || fault.Kind == edit.KindBusy || fault.Kind == edit.KindRejected):
		s.conflicts.Add(1)
	default:
		s.t.Errorf("an edit: %v", err)
	}
}

// inPlace writes as 4D does.
func inPlace(path string, data []byte) error { return os.WriteFile(path, data, 0o644) }

// openBefore writes in place into a file that has been open for up to a tenth of the settle
// time.
func openBefore(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	time.Sleep(rand.N(settle / 10))
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err = file.WriteAt(data, 0)
	return err
}

// byRename writes as most other programs do.
func byRename(path string, data []byte) error {
	temp := path + ".new"
	if err := os.WriteFile(temp, data, 0o644); err != nil {
		return err
	}
	return os.Rename(temp, path)
}
