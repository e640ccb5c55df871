package refresh_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// TestModelAndLaw does to a tree whatever comes to mind and leaves it at rest now
// and then. What is in memory by then is what the model says, and the same
// whatever triggered the passes: that is the law of section 6 of the refresh
// contract.
func TestModelAndLaw(t *testing.T) {
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

	model *model
}

func newLaw(t *rapid.T) *law {
	clock := newClock()
	tree := newTree(clock.read, rapid.SampledFrom([]time.Duration{1, fineTick, 2 * time.Second}).Draw(t, "tick"))
	tree.write("a.b/1", "valid1")
	tree.write("a.b/2", "wrong1")
	tree.write("e.f/1", "valid")
	clock.pass(time.Minute)
	cfg := refresh.Config{Follow: rapid.Bool().Draw(t, "follow"), SettleMany: drawSettleMany(t)}
	editor := newEditor(tree)
	editor.begin(t)
	l := &law{
		t:         t,
		clock:     clock,
		editor:    editor,
		watching:  rigOver(t, cfg, clock, tree),
		signalled: rigOver(t, cfg, clock, tree),
		asked:     rigOver(t, cfg, clock, tree),
		model: &model{
			tree: tree, follow: cfg.Follow,
			memory: keys{}, rejected: keys{}, faults: keys{}, mounts: map[string]mobileapps.Mount{},
		},
	}
	l.rest()
	l.model.look(func(session.Key) bool { return true })
	return l
}

func (l *law) actions(faults bool) map[string]func(*rapid.T) {
	actions := l.editor.actions()
	for _, unsteady := range []string{"begin to write", "end to write"} {
		delete(actions, unsteady) // nothing is at rest in between
	}
	if !faults {
		l.editor.withoutFaults(actions)
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
			opened := append(drawKeys(t), one)
			for _, r := range []*rig{l.watching, l.signalled, l.asked} {
				r.open(opened...)
			}
			l.model.look(func(key session.Key) bool {
				return slices.Contains(opened, key) || slices.Contains(opened, session.Key{App: key.App}) ||
					slices.Contains(opened, session.Key{})
			})
			l.agree()
		},
		"open all": func(*rapid.T) {
			l.rest()
			for _, r := range []*rig{l.watching, l.signalled, l.asked} {
				r.open()
			}
			l.model.look(func(session.Key) bool { return true })
			l.agree()
		},
	})
	return actions
}

// rest lets each memory look at the tree until nothing is in motion, in its own
// way, and the model once.
func (l *law) rest() {
	defer l.model.look(func(session.Key) bool { return false })
	l.watching.look(l.editor.takeHints()...)
	l.watching.quiet()
	l.signalled.full()
	l.signalled.quiet()
	l.asked.refresh()
	l.asked.quiet()
}

func (l *law) agree() {
	diff(l.t, "sessions in memory by the model and by watching", l.model.memory, l.watching.contents())
	diff(l.t, "current errors by the model and by watching", l.model.errors(), l.watching.current())
	for name, r := range map[string]*rig{"signals": l.signalled, "the socket": l.asked} {
		diff(l.t, "sessions in memory by watching and by "+name, l.watching.contents(), r.contents())
		diff(l.t, "current errors by watching and by "+name, l.watching.current(), r.current())
		diff(l.t, "unsettled by watching and by "+name, l.watching.waiting(), r.waiting())
		diff(l.t, "not in memory by watching and by "+name, l.watching.idle, r.idle)
	}
}
