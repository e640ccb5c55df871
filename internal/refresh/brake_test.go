package refresh_test

import (
	"fmt"
	"testing"
	"time"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// The brake on mass removals (refresh contract, section 3, "Many gone at once").

// numbered returns the path of a file of the many in a folder.
func numbered(app string, i int) string { return fmt.Sprintf("%s/n%03d", app, i) }

// startedWithMany returns a rig after its start-up pass with so many sessions in a.b,
// one in c.d, and the brake on.
func startedWithMany(t tester, n int) *rig {
	t.Helper()
	return startedWith(t, refresh.Config{SettleMany: settleMany}, n)
}

func startedWith(t tester, cfg refresh.Config, n int) *rig {
	t.Helper()
	r := newRigWith(t, cfg, "c.d/1", "valid")
	for i := range n {
		r.tree.write(numbered("a.b", i), "valid")
	}
	r.clock.pass(48 * time.Hour)
	r.full()
	r.clock.pass(time.Minute)
	return r
}

// removeMany removes files of a folder, from one number to before another.
func (r *rig) removeMany(app string, from, to int) {
	for i := from; i < to; i++ {
		r.tree.remove(numbered(app, i))
	}
}

func (r *rig) restoreMany(app string, from, to int) {
	for i := from; i < to; i++ {
		r.tree.write(numbered(app, i), "valid")
	}
}

// remain holds how many sessions are in memory, and how many removals are held back.
func (r *rig) remain(sessions, held int) {
	r.t.Helper()
	if len(r.sessions) != sessions || r.memory.Held() != held {
		r.t.Fatalf("%d sessions in memory and %d held back, want %d and %d", len(r.sessions), r.memory.Held(), sessions, held)
	}
}

// asked runs a full pass by a trigger.
func (r *rig) by(trigger session.Trigger) session.Report {
	r.t.Helper()
	return r.pass(refresh.Request{Trigger: trigger, Full: true}).ReportWithChanges()
}

// watched looks at a folder as a watcher has it, until nothing is in motion.
func (r *rig) watched(app string) {
	r.t.Helper()
	r.look(session.Key{App: app})
	r.rest()
}

// Many are more than a fifth, and more than 20.
func TestBrakeThreshold(t *testing.T) {
	tests := []struct {
		sessions, gone int // with the one of c.d
		held           bool
	}{
		{sessions: 21, gone: 20},
		{sessions: 22, gone: 21, held: true},
		{sessions: 100, gone: 20},
		{sessions: 100, gone: 21, held: true},
		{sessions: 104, gone: 21, held: true},
		{sessions: 105, gone: 21}, // a fifth
		{sessions: 105, gone: 22, held: true},
		{sessions: 200, gone: 40},
		{sessions: 200, gone: 41, held: true},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%d of %d", test.gone, test.sessions), func(t *testing.T) {
			r := startedWithMany(t, test.sessions-1)
			r.removeMany("a.b", 0, test.gone)
			r.watched("a.b")
			if test.held {
				r.remain(test.sessions, test.gone)
				return
			}
			r.remain(test.sessions-test.gone, 0)
		})
	}
}

// What counts is the sum over the time that the brake knows, not what one pass found.
func TestBrakeWindow(t *testing.T) {
	t.Run("a synchroniser at work", func(t *testing.T) {
		r := startedWithMany(t, 99)
		for i := range 4 {
			r.removeMany("a.b", 10*i, 10*i+10)
			r.watched("a.b")
			r.clock.pass(time.Second)
		}
		r.remain(80, 20)
	})
	t.Run("two folders", func(t *testing.T) {
		r := startedWithMany(t, 98)
		r.tree.write("c.d/2", "valid")
		r.open()
		r.clock.pass(time.Minute)
		r.removeMany("a.b", 0, 19)
		r.tree.remove("c.d")
		r.look(keyOf("a.b/"), keyOf("c.d/"))
		r.rest()
		r.remain(100, 21)
	})
	t.Run("slower than the time", func(t *testing.T) {
		r := startedWithMany(t, 99)
		for i := range 5 {
			r.removeMany("a.b", 10*i, 10*i+10)
			r.watched("a.b")
			r.clock.pass(settleMany/2 + time.Second)
		}
		r.remain(50, 0)
	})
	t.Run("a fifth of what was there at its beginning", func(t *testing.T) {
		r := startedWithMany(t, 109)
		r.removeMany("a.b", 0, 60)
		r.refresh()
		r.remain(50, 0)
		r.removeMany("a.b", 60, 81)
		r.watched("a.b")
		r.remain(29, 0)
	})
	t.Run("what was asked for is no part of the sum", func(t *testing.T) {
		r := startedWithMany(t, 99)
		r.removeMany("a.b", 0, 60)
		r.refresh()
		r.removeMany("a.b", 60, 80)
		r.watched("a.b")
		r.remain(20, 0)
	})
	t.Run("what is held is a part of the sum", func(t *testing.T) {
		r := startedWithMany(t, 99)
		r.removeMany("a.b", 0, 21)
		r.watched("a.b")
		r.clock.pass(settleMany / 2)
		r.removeMany("a.b", 21, 22)
		r.watched("a.b")
		r.remain(100, 22)
	})
	t.Run("what was held and counted is a part of the sum", func(t *testing.T) {
		r := startedWithMany(t, 99)
		r.removeMany("a.b", 0, 25)
		r.watched("a.b")
		r.quiet()
		r.remain(75, 0)
		r.removeMany("a.b", 25, 26)
		r.watched("a.b")
		r.remain(75, 1)
	})
	t.Run("what came back is no part of the sum", func(t *testing.T) {
		r := startedWithMany(t, 99)
		r.removeMany("a.b", 0, 21)
		r.watched("a.b")
		r.tree.write(numbered("a.b", 21), "wrong")
		r.look(keyOf("a.b/"))
		r.clock.pass(settle)
		r.restoreMany("a.b", 0, 21)
		r.look(keyOf("a.b/"))
		r.remain(99, 0)
	})
}

// A removal that is held back counts once nothing came back for some time.
func TestBrakeReleases(t *testing.T) {
	r := startedWithMany(t, 30)
	r.removeMany("a.b", 0, 25)
	r.watched("a.b")
	r.remain(31, 25)
	r.unsettledAre(heldKeys(r.waiting()))
	if wait, _ := r.memory.NextLook(r.clock.read()); wait != settleMany {
		t.Errorf("the next look is in %v, want %v", wait, settleMany)
	}
	for _, trigger := range []session.Trigger{session.TriggerResync, session.TriggerPoll, session.TriggerWatch, session.TriggerRetry} {
		r.clock.pass(settleMany/4 - 1)
		r.by(trigger)
		r.remain(31, 25)
	}
	report := r.retry().ReportWithChanges()
	r.remain(6, 0)
	counts(t, report, session.Counts{Checked: 5, Unchanged: 5, Removed: 25})
	r.unsettledAre(nil)
}

// While held keys come back, or others appear beside them, the rest are kept; edits of
// other files do not count.
func TestBrakeWaitsForWhatComesBack(t *testing.T) {
	tests := []struct {
		name  string
		edit  func(r *rig)
		tells bool // whether a watcher tells of it
		waits bool
		more  int // sessions in the end
	}{
		{name: "nothing", edit: func(*rig) {}, tells: true},
		{name: "a held key", edit: func(r *rig) { r.restoreMany("a.b", 0, 1) }, tells: true, waits: true, more: 1},
		{name: "a held key that nobody tells of", edit: func(r *rig) { r.restoreMany("a.b", 0, 1) }, waits: true, more: 1},
		{name: "a held key, being written", edit: func(r *rig) { r.tree.write(numbered("a.b", 0), "") }, tells: true, waits: true},
		{name: "a held invalid key is well again", edit: func(r *rig) { r.tree.write("e.f/1", "valid 2") }, tells: true, waits: true, more: 1},
		{name: "a held invalid key is invalid in another way", edit: func(r *rig) { r.tree.write("e.f/1", "wrong 2") }, tells: true},
		{name: "another key appears", edit: func(r *rig) { r.tree.write("a.b/new", "valid") }, tells: true, waits: true},
		{name: "another key appears that nobody tells of", edit: func(r *rig) { r.tree.write("a.b/new", "valid") }, waits: true},
		{name: "another key appears in another folder with held keys", edit: func(r *rig) { r.tree.write("e.f/new", "valid") }, waits: true},
		{name: "another key appears in a folder without", edit: func(r *rig) { r.tree.write("c.d/new", "valid") }, tells: true},
		{name: "another file is edited", edit: func(r *rig) { r.tree.write(numbered("a.b", 29), "valid 2") }, tells: true},
		{name: "another file is edited by a rename", edit: func(r *rig) { r.tree.swap(numbered("a.b", 29), "valid 2") }, tells: true},
		{name: "another file goes and comes back", edit: func(r *rig) {
			r.tree.remove(numbered("a.b", 29))
			r.look(keyOf("a.b/"))
			r.tree.write(numbered("a.b", 29), "valid")
		}, tells: true, waits: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRigWith(t, refresh.Config{SettleMany: settleMany}, "c.d/1", "valid", "e.f/1", "valid")
			r.restoreMany("a.b", 0, 30)
			r.full()
			r.clock.pass(time.Minute)
			r.removeMany("a.b", 0, 25)
			r.look(keyOf("a.b/"))
			r.clock.pass(settle)
			r.look(keyOf("a.b/"))
			r.tree.write("e.f/1", "wrong")
			r.look(keyOf("e.f/"))
			r.rest() // held a little later than the others
			r.remain(32, 26)

			r.clock.pass(settleMany / 2)
			test.edit(r)
			if test.tells {
				r.look(keyOf("a.b/"), keyOf("c.d/"), keyOf("e.f/"))
			}
			r.clock.pass(settleMany/2 - time.Millisecond)
			for wait, due := r.memory.NextLook(r.clock.read()); due && wait < time.Second; wait, due = r.memory.NextLook(r.clock.read()) {
				r.retry()
			}
			if gone := len(r.sessions) < 31; gone == test.waits {
				t.Fatalf("%d sessions in memory", len(r.sessions))
			}
			r.quiet()
			r.remain(6+test.more, 0)
		})
	}
}

// What never ends does not keep a removal back for ever.
func TestBrakeHoldsTenTimesAtMost(t *testing.T) {
	r := startedWithMany(t, 30)
	r.removeMany("a.b", 0, 25)
	r.watched("a.b")
	held := r.clock.read().Mono
	for i := 0; r.clock.read().Mono+settleMany/2 < held+10*settleMany; i++ {
		r.clock.pass(settleMany / 2)
		r.tree.write(fmt.Sprintf("a.b/more%d", i), "valid")
		r.look(keyOf("a.b/"))
		r.remain(31, 25)
	}
	wait, _ := r.memory.NextLook(r.clock.read())
	if at := r.clock.read().Mono + wait; at != held+10*settleMany {
		t.Errorf("they go %v after they were held", at-held)
	}
	r.tree.write("a.b/last", "valid")
	r.retry()
	r.remain(6, 0)
}

// Many files that become invalid are held like many that go.
func TestBrakeHoldsInvalidFiles(t *testing.T) {
	r := startedWithMany(t, 30)
	for i := range 25 {
		r.tree.write(numbered("a.b", i), "")
	}
	r.watched("a.b")
	r.remain(31, 25)
	r.wrong(nil)
	report := r.by(session.TriggerResync)
	counts(t, report, session.Counts{Checked: 31, Unchanged: 6})
	for i := range 15 {
		r.tree.write(numbered("a.b", i), "valid 2")
	}
	r.look(keyOf("a.b/"))
	r.remain(31, 10)
	r.quiet()
	r.remain(21, 0)
	counts(t, r.by(session.TriggerResync), session.Counts{Checked: 31, Unchanged: 21, Rejected: 10})
}

// Both ways to restore a tree keep everybody who is in it.
func TestRestoreWhileHeld(t *testing.T) {
	t.Run("by mv", func(t *testing.T) {
		r := startedWithMany(t, 30)
		old := r.tree.away("")
		r.by(session.TriggerWatch)
		r.rest()
		r.clock.pass(settleMany - time.Second)
		r.tree.back("", old)
		r.by(session.TriggerWatch)
		r.quiet()
		r.remain(31, 0)
		r.clock.pass(time.Hour)
		r.by(session.TriggerResync)
		r.remain(31, 0)
	})
	t.Run("by a copy, file by file", func(t *testing.T) {
		r := startedWithMany(t, 30)
		r.tree.away("")
		r.by(session.TriggerWatch)
		r.rest()
		for i := range 30 {
			r.clock.pass(settleMany - time.Second)
			if i < 10 {
				r.restoreMany("a.b", 3*i, 3*i+3)
			}
			if i == 10 {
				r.tree.write("c.d/1", "valid")
			}
			r.by(session.TriggerWatch)
		}
		r.quiet()
		r.remain(31, 0)
	})
}

// 0 turns the brake off.
func TestBrakeOff(t *testing.T) {
	r := startedWith(t, refresh.Config{}, 60)
	r.removeMany("a.b", 0, 60)
	r.watched("a.b")
	r.remain(1, 0)
}

// What was removed can be opened again by the time of that, and nothing else.
func TestOpenWhatWasRemoved(t *testing.T) {
	r := startedWithMany(t, 5)
	r.tree.write("c.d/2", "valid") // never in memory
	r.removeMany("a.b", 0, 1)
	r.refresh()
	r.clock.pass(time.Minute)
	r.removeMany("a.b", 1, 3)
	r.tree.write(numbered("a.b", 3), "wrong")
	r.refresh()
	r.remain(2, 0)
	until := r.clock.read().Wall // the look that removed them, to the instant
	r.clock.pass(time.Minute)
	later := r.pass(refresh.Request{Trigger: session.TriggerOpen, Admit: true, RemovedSince: until.Add(1)}).ReportWithChanges()
	counts(t, later, session.Counts{})
	r.restoreMany("a.b", 0, 2)
	r.restoreMany("a.b", 3, 4)
	r.full()
	r.remain(2, 0)

	report := r.pass(refresh.Request{Trigger: session.TriggerOpen, Admit: true, RemovedSince: until}).ReportWithChanges()
	changed(t, report,
		session.Change{Session: keyOf("a.b/n001"), Action: session.ActionAdmitted},
		session.Change{Session: keyOf("a.b/n003"), Action: session.ActionAdmitted})
	// What was opened again is not removed any more; the right does not stay.
	report = r.pass(refresh.Request{Trigger: session.TriggerOpen, Admit: true, RemovedSince: until}).ReportWithChanges()
	counts(t, report, session.Counts{})
	r.restoreMany("a.b", 2, 3)
	r.full()
	r.remain(4, 0)
}

// A look at one held key when its time has come does not commit it: what came back
// beside it was not looked at. The look that is due then sees that.
func TestBrakeLooksAtTheRestFirst(t *testing.T) {
	r := startedWithMany(t, 60)
	r.removeMany("a.b", 0, 40)
	r.watched("a.b")
	r.remain(61, 40)
	r.clock.pass(settleMany)
	r.restoreMany("a.b", 1, 2)
	r.look(keyOf(numbered("a.b", 0)))
	r.remain(61, 40)
	r.pass(refresh.Request{Trigger: session.TriggerRetry, Keys: r.memory.Due(r.clock.read())})
	r.remain(61, 39)
}
