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
	s := New(Key("a.b/c").Place(), nil, StatusAccepted, Digest{})
	for _, kind := range Kinds() {
		e, change := Effect{s, kind}, want[kind]
		change.Session = "a.b/c"
		if got := e.Change(); got != change {
			t.Errorf("kind %d: told as %+v, want %+v", kind, got, change)
		}
		if removed := change.Action == ActionRemoved; kind.Removes() != removed || (e.Now() == nil) != removed {
			t.Errorf("kind %d removes: %t, and leaves %v", kind, kind.Removes(), e.Now())
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, key := range []Key{"a.b/c", "a.b/", "", "a.b.c/ü"} {
		if got := key.Place().Key(); got != key && key != RootKey {
			t.Errorf("the place of %q is that of %q", key, got)
		}
	}
	s := New(Key("a.b/c").Place(), []byte(`{"session":{"id":"c"}}`), StatusAccepted, Digest{})
	if got := s.Place().Key(); got != s.Key() || got != "a.b/c" {
		t.Errorf("got the place %q of %q", got, s.Key())
	}
}
