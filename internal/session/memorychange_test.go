package session

import "testing"

// Each kind says one thing of its own, and what it leaves in memory goes with it.
func TestKinds(t *testing.T) {
	want := map[ChangeKind]Change{
		ChangeAdmitted: {Action: ActionAdmitted},
		ChangeUpdated:  {Action: ActionUpdated},
		ChangeInvalid:  {Action: ActionRemoved, Reason: RemovedInvalid},
		ChangeDeleted:  {Action: ActionRemoved, Reason: RemovedDeleted},
	}
	if len(ChangeKinds()) != len(want) {
		t.Errorf("%d kinds, want %d", len(ChangeKinds()), len(want))
	}
	s := New(Key{App: "a.b", ID: "c"}, nil, StatusAccepted, Digest{})
	for _, kind := range ChangeKinds() {
		e, change := MemoryChange{Session: s, Kind: kind}, want[kind]
		change.Session = Key{App: "a.b", ID: "c"}
		if got := e.Change(); got != change {
			t.Errorf("kind %d: told as %+v, want %+v", kind, got, change)
		}
		if removed := change.Action == ActionRemoved; kind.Removes() != removed || (e.Now() == nil) != removed {
			t.Errorf("kind %d removes: %t, and leaves %v", kind, kind.Removes(), e.Now())
		}
	}
}
