package session

import "testing"

// Each kind says one thing of its own, and what it leaves in memory goes with it.
func TestKinds(t *testing.T) {
	want := map[Kind]Change{
		KindAdmitted: {Action: ActionAdmitted},
		KindUpdated:  {Action: ActionUpdated},
		KindInvalid:  {Action: ActionRemoved, Reason: RemovedInvalid},
		KindDeleted:  {Action: ActionRemoved, Reason: RemovedDeleted},
	}
	if len(Kinds()) != len(want) {
		t.Errorf("%d kinds, want %d", len(Kinds()), len(want))
	}
	s := New(Key{App: "a.b", ID: "c"}, nil, StatusAccepted, Digest{})
	for _, kind := range Kinds() {
		e, change := Effect{s, kind}, want[kind]
		change.Session = Key{App: "a.b", ID: "c"}
		if got := e.Change(); got != change {
			t.Errorf("kind %d: told as %+v, want %+v", kind, got, change)
		}
		if removed := change.Action == ActionRemoved; kind.Removes() != removed || (e.Now() == nil) != removed {
			t.Errorf("kind %d removes: %t, and leaves %v", kind, kind.Removes(), e.Now())
		}
	}
}
