package refresh_test

import (
	"bytes"
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// TestEveryPass does to a tree whatever comes to mind, looks at it in every way
// there is, and holds every pass against what it must come to.
func TestEveryPass(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		t.Repeat(m.actions(rapid.Bool().Draw(t, "faults")))
	})
}

// machine is a memory and what goes along with it, over the same tree.
type machine struct {
	*rig
	lockstep *lockstep
	editor   *editor
	// badSince is since when the passes that looked at everything, and those in
	// between, found a file absent or invalid: no session may go before that.
	badSince map[session.Key]time.Duration
}

func newMachine(t *rapid.T) *machine {
	cfg := refresh.Config{Follow: rapid.Bool().Draw(t, "follow"), SettleMany: drawSettleMany(t)}
	clock := newClock()
	ticks := []time.Duration{1, fineTick, time.Second, 2 * time.Second}
	tree := newTree(clock.read, rapid.SampledFrom(ticks).Draw(t, "tick"))
	tree.skew = rapid.SampledFrom([]time.Duration{0, -time.Hour, time.Minute}).Draw(t, "skew")
	m := &machine{
		rig:      rigOver(t, cfg, clock, tree),
		lockstep: newLockstep(tree, clock, cfg),
		editor:   newEditor(tree),
		badSince: map[session.Key]time.Duration{},
	}
	m.editor.begin(t)
	if rapid.IntRange(0, 2).Draw(t, "started") > 0 {
		m.run(refresh.Request{Trigger: session.TriggerStartup, Full: true, Admit: true})
	}
	return m
}

func (m *machine) actions(faults bool) map[string]func(*rapid.T) {
	actions := m.editor.actions()
	if !faults { // while nothing can be judged, nothing else is seen
		m.editor.withoutFaults(actions)
	}
	maps.Copy(actions, map[string]func(*rapid.T){
		"wait": func(t *rapid.T) {
			m.clock.pass(rapid.SampledFrom([]time.Duration{
				time.Millisecond, settle / 2, settle - 1, settle, time.Second, rested, settleMany, time.Hour, 25 * time.Hour,
			}).Draw(t, "for"))
		},
		"set the clock": func(t *rapid.T) {
			m.clock.set(rapid.SampledFrom([]time.Duration{
				-time.Second, -rested, -time.Hour, -25 * time.Hour, time.Second, rested, time.Hour, 25 * time.Hour,
			}).Draw(t, "by"))
			m.run(refresh.Request{Trigger: session.TriggerWatch}) // twice between passes is not promised
		},
		"full": func(t *rapid.T) { m.run(refresh.Request{Trigger: drawTrigger(t), Full: true}) },
		"take the root": func(*rapid.T) {
			m.run(refresh.Request{Trigger: session.TriggerSocket, Full: true, TakeRoot: true})
		},
		"open what was removed": func(t *rapid.T) {
			ago := rapid.SampledFrom([]time.Duration{0, time.Second, settleMany, 25 * time.Hour}).Draw(t, "since")
			m.run(refresh.Request{
				Trigger: session.TriggerOpen, Keys: drawKeys(t), Admit: true, RemovedSince: m.clock.read().Wall.Add(-ago),
			})
		},
		"edit and look": func(t *rapid.T) {
			edits := m.editor.manyActions()
			what := rapid.SampledFrom([]string{"remove many", "remove many", "zero many", "restore some"}).Draw(t, "what")
			pause := rapid.SampledFrom([]time.Duration{settle / 2, settle, time.Second, settleMany / 2}).Draw(t, "pause")
			for range rapid.IntRange(2, 8).Draw(t, "times") {
				edits[what](t)
				m.hinted()
				m.clock.pass(pause)
				m.run(refresh.Request{Trigger: session.TriggerRetry, Keys: m.memory.Due(m.clock.read())})
			}
		},
		"hinted":   func(*rapid.T) { m.hinted() },
		"open all": func(*rapid.T) { m.run(refresh.Request{Trigger: session.TriggerOpen, Full: true, Admit: true}) },
		"look": func(t *rapid.T) {
			m.run(refresh.Request{Trigger: session.TriggerWatch, Keys: drawKeys(t)})
		},
		"edit": func(t *rapid.T) {
			m.run(refresh.Request{Trigger: session.TriggerEdit, Keys: drawKeys(t)})
		},
		"open": func(t *rapid.T) {
			m.run(refresh.Request{Trigger: session.TriggerOpen, Keys: drawKeys(t), Admit: true})
		},
		"retry": func(*rapid.T) {
			if wait, due := m.memory.NextLook(m.clock.read()); due {
				m.clock.pass(wait)
				m.run(refresh.Request{Trigger: session.TriggerRetry, Keys: m.memory.Due(m.clock.read())})
			}
		},
		"look at a restless folder": func(t *rapid.T) {
			keys := drawKeys(t)
			for range rapid.IntRange(2, 12).Draw(t, "times") {
				m.tree.touch("a.b", 0)
				m.tree.touch("", 0)
				m.run(refresh.Request{Trigger: session.TriggerWatch, Keys: keys})
				m.clock.pass(settle)
			}
		},
		"rest": func(t *rapid.T) {
			if rapid.Bool().Draw(t, "fully") {
				m.run(refresh.Request{Trigger: session.TriggerResync, Full: true})
			} else {
				m.hinted()
			}
			for (m.memory.InMotion() || m.memory.Held() > 0 || m.follows()) && !m.editor.moving() {
				wait, _ := m.memory.NextLook(m.clock.read())
				m.clock.pass(wait)
				m.run(refresh.Request{Trigger: session.TriggerRetry, Keys: m.memory.Due(m.clock.read())})
			}
			if !m.editor.moving() {
				m.checkRest()
			}
		},
	})
	return actions
}

func drawKeys(t *rapid.T) []session.Key {
	return rapid.SliceOfN(rapid.SampledFrom([]session.Key{
		keyOf("a.b/1"), keyOf("a.b/2"), keyOf("c.d/1"), keyOf("c.d/2"), keyOf("e.f/1"), keyOf("a.b/"), keyOf("c.d/"), keyOf("e.f/"), {},
	}), 0, 3).Draw(t, "keys")
}

// hinted looks at what was edited.
func (m *machine) hinted() {
	m.run(refresh.Request{Trigger: session.TriggerWatch, Keys: m.editor.takeHints()})
}

// run runs a pass and compares all that it comes to.
func (m *machine) run(req refresh.Request) {
	m.t.Helper()
	had := m.contents()
	report := m.pass(req).ReportWithChanges()
	m.lockstep.pass(req)

	m.checkRemovals(had, report)
	diff(m.t, "counts", m.lockstep.counts, report.Counts)
	changes := map[session.Key]session.Change{}
	for _, c := range report.Changes {
		changes[c.Session] = c
	}
	diff(m.t, "changes", m.lockstep.changes, changes)
	reported := map[session.Key]string{}
	for _, p := range report.Errors {
		reported[p.Session] = p.String()
	}
	diff(m.t, "errors of the report", m.lockstep.errors, reported)

	memory, current, unsettled, idle := keys{}, keys{}, map[session.Key]session.Unsettled{}, 0
	for key, f := range m.lockstep.keys {
		if f.memory != nil {
			memory[key] = *f.memory
		}
		if f.idle {
			idle++
		}
		switch {
		case f.fault != "":
			current[key] = f.fault
		case f.problem != "":
			current[key] = f.problem
		}
		if f.reason != "" {
			unsettled[key] = session.Unsettled{Session: key, Since: f.since, Reason: f.reason}
		}
	}
	m.inMemory(memory)
	m.wrong(current)
	diff(m.t, "unsettled", unsettled, m.unsettled)
	diff(m.t, "not in memory", idle, m.idle)
}

// checkRemovals holds the removals of a pass against the tree itself: a file
// whose session goes was found absent or invalid for a settle time, and is.
func (m *machine) checkRemovals(had keys, report session.Report) {
	m.t.Helper()
	now := m.clock.read().Mono
	for key := range had {
		n := m.tree.at(key.String())
		good := n != nil && n.kind.IsRegular() && isValid(string(n.data))
		since, bad := m.badSince[key]
		switch {
		case good && report.Scope == session.ScopeFull:
			delete(m.badSince, key)
		case !good && !bad:
			m.badSince[key] = now
		}
		if _, has := m.sessions[key]; !has {
			if good || !bad || now-since < settle {
				m.t.Fatalf("the session of %q is gone; its file is good: %t, was bad for %v", key, good, now-since)
			}
			delete(m.badSince, key)
		}
	}
}

// checkRest compares what is in memory with the tree at rest, without any second memory.
func (m *machine) checkRest() {
	m.t.Helper()
	for key, s := range m.sessions {
		if n := m.tree.at(key.String()); m.isSettled(key) && (n == nil || !n.kind.IsRegular() || !bytes.Equal(n.data, s.Content())) {
			m.t.Fatalf("in memory of %q is %q, on disk %+v", key, s.Content(), n)
		}
	}
	for _, path := range m.tree.files() {
		key := keyOf(path)
		if _, has := m.sessions[key]; m.lockstep.follow && !has && m.isSettled(key) && isValid(string(m.tree.at(path).data)) {
			m.t.Fatalf("%q is valid and not in memory", key)
		}
	}
}
