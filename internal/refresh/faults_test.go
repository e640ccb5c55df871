package refresh_test

import (
	"bytes"
	"hash/fnv"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// TestFaults lets calls fail or be slow at random, and reads be unstable.
// While they do, no session goes that should stay; once they do no more, all is
// right without any new event.
func TestFaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := newFaulty(t)
		t.Repeat(map[string]func(*rapid.T){
			"write": func(t *rapid.T) {
				path := drawFile(t)
				f.tree.write(path, drawData(t))
				f.edited(path)
			},
			"remove": func(t *rapid.T) {
				path := drawFile(t)
				f.tree.remove(path)
				f.edited(path)
			},
			"full":  func(*rapid.T) { f.look(session.Key{}) },
			"retry": func(*rapid.T) { f.look(f.memory.Due(f.clock.read())...) },
			"wait": func(t *rapid.T) {
				f.clock.pass(rapid.SampledFrom([]time.Duration{time.Millisecond, settle, rested, time.Minute}).Draw(t, "for"))
			},
		})
		f.tree.faults = trouble{}
		for len(f.unsettled) > 0 {
			f.retry()
		}
		f.checkRest()
	})
}

// faulty is a memory over a tree whose calls fail now and then.
type faulty struct {
	*rig
	follow  bool
	seed    string
	percent uint32 // of the calls that fail
	slow    uint32 // of the calls that take long
	round   byte   // each pass has its own faults
	// broken are the files that were not valid at some time: only their
	// sessions may go.
	broken map[session.Key]bool
}

func newFaulty(t *rapid.T) *faulty {
	clock := newClock()
	tree := newTree(clock.read, rapid.SampledFrom([]time.Duration{fineTick, 2 * time.Second}).Draw(t, "tick"))
	for _, path := range filePaths {
		tree.write(path, "valid1")
	}
	follow := rapid.Bool().Draw(t, "follow")
	f := &faulty{
		rig:     rigOver(t, refresh.Config{Follow: follow}, clock, tree),
		follow:  follow,
		seed:    rapid.String().Draw(t, "seed"),
		percent: rapid.Uint32Range(0, 60).Draw(t, "percent"),
		slow:    rapid.Uint32Range(0, 30).Draw(t, "slow"),
		broken:  map[session.Key]bool{},
	}
	tree.faults.of = f.fault
	tree.faults.unsteady = func(path string) bool { return f.draw("unsteady", path) < f.percent }
	f.look(session.Key{})
	return f
}

// draw returns a number below 100 that depends on nothing but the seed, the
// pass and the call: looks run in parallel.
func (f *faulty) draw(what ...string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(f.seed + strings.Join(what, "\x00")))
	h.Write([]byte{f.round})
	return h.Sum32() % 100
}

func (f *faulty) fault(c call, path string) error {
	if f.draw("slow", string(c), path) < f.slow {
		f.clock.pass(settle / 2)
	}
	if f.draw(string(c), path) >= f.percent {
		return nil
	}
	errs := []error{
		syscall.EACCES, session.ErrIO, session.ErrNoDescriptor, session.ErrNoDescriptors,
		syscall.ESTALE, syscall.EINTR, syscall.ENOMEM, session.ErrHangs,
	}
	return errs[f.draw("which", path)%uint32(len(errs))]
}

// edited looks at a file that was edited: a watcher told of it.
func (f *faulty) edited(path string) {
	n := f.tree.at(path)
	if n == nil || !isValid(string(n.data)) {
		f.broken[keyOf(path)] = true
	}
	f.look(keyOf(path))
}

func (f *faulty) look(keys ...session.Key) {
	f.t.Helper()
	f.round++
	for _, c := range f.pass(refresh.Request{Trigger: session.TriggerWatch, Keys: keys}).ReportWithChanges().Changes {
		if c.Action == session.ActionRemoved && !f.broken[c.Session] {
			f.t.Fatalf("%q is gone and was valid all the time", c.Session)
		}
	}
}

// checkRest compares what readers see with the tree, now that nothing fails.
func (f *faulty) checkRest() {
	f.t.Helper()
	wrong := keys{}
	for _, path := range filePaths {
		key, n := keyOf(path), f.tree.at(path)
		if n == nil || !isValid(string(n.data)) {
			if f.sessions[key] != nil {
				f.t.Errorf("%q is not valid and in memory", key)
			}
			if n != nil {
				_, problem := judge{}.Judge(key, n.data)
				wrong[key] = problem.String()
			}
			continue
		}
		switch has := f.sessions[key]; {
		case has != nil && !bytes.Equal(has.Content(), n.data):
			f.t.Errorf("in memory of %q is %q, on disk %q", key, has.Content(), n.data)
		case has == nil && (f.follow || !f.broken[key]):
			f.t.Errorf("%q is valid and not in memory", key)
		}
	}
	f.wrong(wrong)
}
