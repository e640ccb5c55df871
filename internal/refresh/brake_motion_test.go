package refresh_test

import (
	"fmt"
	"testing"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// Most files of a tree that is being copied back are in motion: their folder changes all
// the time. The few in other folders, which rest, must not go meanwhile.
func TestBrakeCountsWhatIsInMotion(t *testing.T) {
	t.Run("absent", func(t *testing.T) {
		r := startedWithMany(t, 60)
		r.tree.away("")
		r.tree.folder("")
		r.tree.folder("a.b")
		r.by(session.TriggerWatch)
		for i := range 6 { // sooner than what is absent at every look is believed to be gone
			r.clock.pass(settle)
			r.restoreMany("a.b", 10*i, 10*i+10)
			r.by(session.TriggerWatch)
			r.remain(61, r.memory.Held())
		}
		r.tree.write("c.d/1", "valid")
		r.by(session.TriggerWatch)
		r.quiet()
		r.remain(61, 0)
	})
	t.Run("invalid", func(t *testing.T) {
		r := startedWithMany(t, 60)
		r.tree.write("c.d/1", "wrong")
		for i := range 6 {
			for j := range 60 {
				r.tree.write(numbered("a.b", j), fmt.Sprintf("wrong %d", i))
			}
			r.by(session.TriggerWatch)
			r.clock.pass(settle)
		}
		r.remain(61, 1)
	})
	t.Run("since this pass, in a folder that rested", func(t *testing.T) {
		r := startedWithMany(t, 60)
		r.tree.remove("c.d/1")
		r.look(keyOf("c.d/"))
		r.clock.pass(settle)
		r.removeMany("a.b", 0, 30)
		r.look(keyOf("a.b/"), keyOf("c.d/"))
		r.remain(61, 1)
	})
}

// What has no session, and what somebody asked about, is no removal.
func TestBrakeCountsNoOtherMotion(t *testing.T) {
	t.Run("not in memory", func(t *testing.T) {
		r := startedWithMany(t, 30)
		r.tree.remove("c.d/1")
		r.look(keyOf("c.d/"))
		r.clock.pass(settle)
		for i := range 30 {
			r.tree.write(numbered("e.f", i), "wrong")
		}
		r.look(keyOf("c.d/"), keyOf("e.f/"))
		r.remain(30, 0)
	})
	t.Run("asked for", func(t *testing.T) {
		r := startedWithMany(t, 30)
		r.tree.remove("c.d/1")
		r.look(keyOf("c.d/"))
		r.clock.pass(settle)
		r.removeMany("a.b", 0, 30)
		r.pass(refresh.Request{Trigger: session.TriggerOpen, Keys: []session.Key{keyOf("a.b/")}, Admit: true})
		r.look(keyOf("c.d/"))
		r.remain(30, 0)
	})
}
