package refresh_test

import (
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sessiond/internal/refresh"
)

// TestLaw is the law of section 6 of the refresh contract: the same sequence of
// states of the tree, each left at rest and looked at, gives the same store and
// the same current errors, whatever triggered the passes.
func TestLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLaw(t)
		l.agree()
		t.Repeat(l.actions(rapid.Bool().Draw(t, "faults")))
		l.rest()
		l.agree()
	})
}

// law has memories over one tree that learn of changes in different ways.
type law struct {
	t      tester
	clock  *clock
	editor *editor

	watching, signalled, asked *rig
}

func newLaw(t *rapid.T) *law {
	clock := newClock()
	tree := newTree(clock.read, rapid.SampledFrom([]time.Duration{1, fineTick, 2 * time.Second}).Draw(t, "tick"))
	tree.write("a.b/1", "valid1")
	tree.write("a.b/2", "wrong1")
	tree.write("e.f/1", "valid")
	clock.pass(time.Minute)
	cfg := refresh.Config{Follow: rapid.Bool().Draw(t, "follow")}
	l := &law{
		t:         t,
		clock:     clock,
		editor:    newEditor(tree),
		watching:  rigOver(t, cfg, clock, tree),
		signalled: rigOver(t, cfg, clock, tree),
		asked:     rigOver(t, cfg, clock, tree),
	}
	l.rest()
	return l
}

func (l *law) actions(faults bool) map[string]func(*rapid.T) {
	actions := l.editor.actions()
	for _, unsteady := range []string{"begin to write", "end to write"} {
		delete(actions, unsteady) // nothing is at rest in between
	}
	if !faults {
		for _, fault := range []string{"lock", "unlock", "mount", "unmount", "fail", "fail no more"} {
			delete(actions, fault)
		}
		// What is seen between two states at rest decides nothing, unless it is
		// the last that can be seen.
		actions["look in between"] = func(*rapid.T) { l.signalled.full() }
		actions["look in between at what changed"] = func(*rapid.T) {
			l.watching.look(keysOf(l.editor.hints)...)
		}
	}
	maps.Copy(actions, map[string]func(*rapid.T){
		"rest": func(t *rapid.T) {
			l.clock.pass(rapid.SampledFrom([]time.Duration{0, time.Second, rested, 25 * time.Hour}).Draw(t, "after"))
			l.rest()
			l.agree()
		},
		"open": func(t *rapid.T) {
			l.rest()
			keys := drawKeys(t)
			for _, r := range []*rig{l.watching, l.signalled, l.asked} {
				r.open(append(keys, one)...)
			}
			l.rest()
			l.agree()
		},
		"open all": func(*rapid.T) {
			l.rest()
			for _, r := range []*rig{l.watching, l.signalled, l.asked} {
				r.open()
			}
			l.rest()
			l.agree()
		},
	})
	return actions
}

// rest lets each memory look at the tree until nothing is in motion, in its own
// way.
func (l *law) rest() {
	l.watching.look(l.editor.takeHints()...)
	l.watching.rest()
	l.signalled.full()
	l.signalled.rest()
	l.asked.refresh()
}

func (l *law) agree() {
	for name, r := range map[string]*rig{"signals": l.signalled, "the socket": l.asked} {
		diff(l.t, "sessions in memory by watching and by "+name, l.watching.contents(), r.contents())
		diff(l.t, "current errors by watching and by "+name, l.watching.current(), r.current())
		diff(l.t, "unsettled by watching and by "+name, l.watching.waiting(), r.waiting())
		diff(l.t, "not in memory by watching and by "+name, l.watching.idle, r.idle)
	}
}
