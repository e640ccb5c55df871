package refresh_test

import (
	"fmt"
	"testing"
	"time"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// What the brake lets through, since somebody asked for it (refresh contract, section 3).

// Who asks for a look is shown what is gone, and it goes: in the look that settles it,
// whatever triggered that one.
func TestBrakeLetsThroughWhatIsAskedFor(t *testing.T) {
	asked := map[session.Trigger]bool{
		session.TriggerSocket: true, session.TriggerSignal: true, session.TriggerOpen: true, session.TriggerEdit: true, session.TriggerStartup: true,
		session.TriggerWatch: false, session.TriggerPoll: false, session.TriggerResync: false, session.TriggerRetry: false,
	}
	gone := map[string]func(r *rig){
		"absent": func(r *rig) { r.removeMany("a.b", 0, 25) },
		"invalid": func(r *rig) {
			for i := range 25 {
				r.tree.write(numbered("a.b", i), "wrong")
			}
		},
	}
	for how, edit := range gone {
		for trigger, lets := range asked {
			for _, other := range []session.Trigger{session.TriggerWatch, session.TriggerRetry, session.TriggerSocket} {
				for _, triggers := range [][]session.Trigger{{trigger, other}, {other, trigger}} {
					t.Run(fmt.Sprintf("%s, %s", how, triggers), func(t *testing.T) {
						r := startedWithMany(t, 30)
						edit(r)
						r.by(triggers[0])
						r.clock.pass(settle)
						r.by(triggers[1])
						if lets || other == session.TriggerSocket {
							r.remain(6, 0)
						} else {
							r.remain(31, 25)
						}
					})
				}
			}
		}
	}
	t.Run("held, in a folder that changed since", func(t *testing.T) {
		r := startedWithMany(t, 30)
		r.removeMany("a.b", 0, 25)
		r.watched("a.b")
		r.clock.pass(time.Second)
		r.tree.swap(numbered("a.b", 29), "valid 2")
		r.full()
		r.remain(6, 0)
	})
}

// Who may only look has nothing removed that is many, whatever triggers the pass.
func TestBrakeHoldsWhatIsBraked(t *testing.T) {
	r := startedWithMany(t, 30)
	r.removeMany("a.b", 0, 25)
	look := refresh.Request{Trigger: session.TriggerSocket, Full: true, Braked: true}
	r.pass(look)
	r.clock.pass(settle)
	r.pass(look)
	r.remain(31, 25)
	r.clock.pass(settle)
	r.by(session.TriggerSocket)
	r.rest()
	r.remain(6, 0)
}

// A request to open some files says nothing of others, also where the root is another
// and the pass looks at everything.
func TestOpenMarksWhatItNames(t *testing.T) {
	r := startedWithMany(t, 30)
	r.tree.away("")
	r.tree.write(numbered("a.b", 0), "valid") // a backup is being copied back
	if report := r.open(keyOf("a.b/n000")); report.Scope != session.ScopeFull {
		t.Errorf("scope %q", report.Scope)
	}
	r.rest()
	r.remain(31, 30)

	r.open(keyOf("a.b/n001"), keyOf("c.d/"))
	r.rest()
	r.remain(29, 28)
}

// A mark ends when the file is well again.
func TestMarksEnd(t *testing.T) {
	tests := map[string]func(r *rig){
		"a full look":      func(r *rig) { r.by(session.TriggerResync) },
		"a look at a file": func(r *rig) { r.look(keyOf("a.b/")) },
	}
	for name, look := range tests {
		t.Run(name, func(t *testing.T) {
			r := startedWithMany(t, 30)
			r.removeMany("a.b", 0, 25)
			r.full()
			r.restoreMany("a.b", 0, 25)
			look(r)
			r.removeMany("a.b", 0, 25)
			r.watched("a.b")
			r.remain(31, 25)
		})
	}
	t.Run("not while the folder is unreadable", func(t *testing.T) {
		r := startedWithMany(t, 30)
		r.removeMany("a.b", 0, 25)
		r.full()
		r.tree.lock("a.b", true)
		r.look(keyOf("a.b/"))
		r.tree.lock("a.b", false)
		r.watched("a.b")
		r.remain(6, 0)
	})
}

// The command's own example: delete the folder, refresh, and all sessions are reset.
func TestDeleteTheFolderAndRefresh(t *testing.T) {
	deleted := session.Counts{Removed: 31}
	for _, disk := range []string{"none", "", abovePath} {
		for _, linked := range []bool{false, true} {
			begin := func(t *testing.T) *rig {
				r := newRigWith(t, refresh.Config{SettleMany: settleMany}, "c.d/1", "valid")
				r.restoreMany("a.b", 0, 30)
				if linked {
					r.tree.link()
				}
				if disk != "none" {
					r.tree.mountOn(disk, r.tree.copyOf(r.tree.at(disk), 2))
				}
				r.full()
				r.clock.pass(time.Minute)
				return r
			}
			remove := func(r *rig) {
				if disk == "" { // the mount point itself is busy
					r.tree.remove("a.b")
					r.tree.remove("c.d")
				} else {
					r.tree.remove("")
				}
			}
			t.Run(fmt.Sprintf("at once, disk %q, link %t", disk, linked), func(t *testing.T) {
				r := begin(t)
				remove(r)
				counts(t, r.refresh(), deleted)
				r.remain(0, 0)
				r.unsettledAre(nil)
			})
			t.Run(fmt.Sprintf("held, disk %q, link %t", disk, linked), func(t *testing.T) {
				r := begin(t)
				remove(r)
				r.by(session.TriggerWatch)
				r.rest()
				r.remain(31, 31)
				r.clock.pass(settleMany / 2)
				counts(t, r.by(session.TriggerSocket), deleted)
				r.remain(0, 0)
				r.unsettledAre(nil)
			})
		}
	}
	t.Run("the link to it", func(t *testing.T) {
		r := newRigWith(t, refresh.Config{SettleMany: settleMany}, "a.b/1", "valid")
		r.tree.link()
		r.tree.mountOn(abovePath, r.tree.copyOf(r.tree.at(abovePath), 2))
		r.full()
		r.clock.pass(time.Minute)
		r.tree.unlink()
		counts(t, r.refresh(), session.Counts{Removed: 1})
	})
}

// What is held and has changed since is in motion for whoever asks: the answer waits.
func TestAnswerAboutWhatIsHeld(t *testing.T) {
	r := startedWithMany(t, 30)
	r.removeMany("a.b", 0, 25)
	r.watched("a.b")
	r.clock.pass(time.Second)
	r.tree.write(numbered("a.b", 0), "wrong")
	report := r.refresh()
	counts(t, report, session.Counts{Checked: 7, Unchanged: 6, Rejected: 1, Removed: 25})
	if len(report.Unsettled) > 0 {
		t.Errorf("unsettled %v", report.Unsettled)
	}
}
