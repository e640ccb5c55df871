package refresh_test

import (
	"testing"

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

// An own deletion does not make up for a mount that is away.
func TestDeletedByTheDaemonOnAnotherMount(t *testing.T) {
	r := newRig(t, "a.b/1", "valid 1", "a.b/2", "valid 2")
	r.full()
	r.tree.remove("a.b/1")
	r.tree.mount("a.b", 7)
	result := r.pass(refresh.Request{Trigger: session.TriggerEdit, Keys: []session.Key{keyOf("a.b/1")}, Deleted: []session.Key{keyOf("a.b/1")}})
	if len(result.Changes) != 0 {
		t.Errorf("below another mount, %v was changed", result.Changes)
	}
}
