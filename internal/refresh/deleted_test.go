package refresh_test

import (
	"testing"
	"time"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// What the daemon has deleted itself is gone at the first look; what it has not, and what
// is there again, is not.
func TestDeletedByTheDaemon(t *testing.T) {
	r := newRig(t, "a.b/1", "valid 1", "a.b/2", "valid 2", "a.b/3", "valid 3")
	r.full()
	for _, path := range []string{"a.b/1", "a.b/2"} {
		r.tree.remove(path)
	}
	keys := []session.Key{keyOf("a.b/1"), keyOf("a.b/2"), keyOf("a.b/3")}
	result := r.pass(refresh.Request{
		Trigger: session.TriggerEdit, Keys: keys, Deleted: []session.Key{keyOf("a.b/1"), keyOf("a.b/3")},
	})
	changes := result.Outcome.ReportWithChanges().Changes
	want := session.Change{Session: keyOf("a.b/1"), Action: session.ActionRemoved, Reason: session.RemovedDeleted}
	if len(changes) != 1 || changes[0] != want {
		t.Errorf("the first look changed %v, want %v alone", changes, want)
	}
	if u := result.Report.Unsettled; len(u) != 1 || u[0].Session != keyOf("a.b/2") {
		t.Errorf("unsettled are %v, want the one that others deleted", u)
	}
}

// A pass that accepts another mount as the same tree takes nothing for certain: what was
// deleted was on the mount before.
func TestDeletedByTheDaemonOnAnotherMount(t *testing.T) {
	r, _ := onDisk(t, refresh.Config{}, "a.b", 60)
	path := numbered("a.b", 0)
	r.tree.mountOn("a.b", r.tree.copyOf(r.tree.unmount("a.b"), 3))
	r.tree.remove(path)
	result := r.pass(refresh.Request{Trigger: session.TriggerEdit, Keys: []session.Key{{App: "a.b"}}, Deleted: []session.Key{keyOf(path)}})
	if u := result.Report.Unsettled; len(result.Changes) != 0 || len(u) != 1 || u[0].Session != keyOf(path) {
		t.Errorf("changed were %v, unsettled are %v; want nothing, and the file that is gone", result.Changes, u)
	}
}

// What the daemon is about to delete is neither gone, nor one of many that are, until it says
// how that ended.
func TestBeingDeletedByTheDaemon(t *testing.T) {
	r := startedWithMany(t, 60)
	var keys []session.Key
	for n := range 60 {
		keys = append(keys, keyOf(numbered("a.b", n)))
	}
	r.memory.BeginDeletion(keys...)
	r.removeMany("a.b", 0, 60)
	for range 3 {
		r.by(session.TriggerResync)
		r.clock.pass(time.Minute)
		r.look(keys...)
		r.remain(61, 0)
		if wait, due := r.memory.NextLook(r.clock.read()); !due || wait < 100*time.Millisecond {
			t.Errorf("the next look is in %v, %t: one follows the other for as long as it takes", wait, due)
		}
	}
	r.pass(refresh.Request{Trigger: session.TriggerEdit, Keys: keys, Deleted: keys[:50]})
	r.remain(11, 0)
	r.memory.EndDeletion(keys...)
	// Of the others, nobody but others has deleted the files.
	r.look(keys...)
	r.clock.pass(time.Minute)
	r.look(keys...)
	r.remain(1, 0)
}
