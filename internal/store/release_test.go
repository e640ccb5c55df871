package store_test

import (
	"runtime"
	"slices"
	"testing"
	"unsafe"
	"weak"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// What is no longer shown and no longer in the log is no longer held.
func TestNothingIsHeldLongerThanNeeded(t *testing.T) {
	s := store.New(start)
	loaded, lists := applyAndForget(s)
	func() {
		a, _ := s.View().Get(keyA)
		s.Apply(pass(2, by(session.TriggerRetry), admits(many(keptChanges, "")...), has(session.ChangeDeleted, []*session.Session{a.Session})))
	}()
	runtime.GC()
	if loaded.Value() != nil {
		t.Error("a session that was removed is still held")
	}
	if lists.effects.Value() != nil || lists.problems.Value() != nil || lists.errors.Value() != nil || lists.unsettled.Value() != nil {
		t.Error("a list of an outcome is still held")
	}
	runtime.KeepAlive(s)
}

// lists are the beginnings of an outcome's lists.
type lists struct {
	effects   weak.Pointer[session.MemoryChange]
	problems  weak.Pointer[session.Transition[session.ActiveError]]
	errors    weak.Pointer[session.Problem]
	unsettled weak.Pointer[session.Unsettled]
}

// applyAndForget applies a pass of which nothing is kept but weak pointers.
func applyAndForget(s *store.Store) (weak.Pointer[session.Session], lists) {
	a := newSession(keyA, session.StatusAccepted, "a@example.com")
	o := pass(1, admits(a), hasProblems(rejected(keyC, start)), leaves(session.Unsettled{Session: keyB, Reason: session.ReasonInMotion}))
	o.Report.Errors = []session.Problem{rejected(keyC, start).Problem}
	s.Apply(o)
	return weak.Make(a), lists{
		effects:   weak.Make(&o.Changes[0]),
		problems:  weak.Make(&o.Problems[0]),
		errors:    weak.Make(&o.Report.Errors[0]),
		unsettled: weak.Make(&o.Report.Unsettled[0]),
	}
}

// The log names what changed and holds nothing of it, whether the session was
// replaced or removed, in another pass or in the same.
func TestLogHoldsNoContents(t *testing.T) {
	s := store.New(start)
	var texts []weak.Pointer[byte] // a session's ID is a part of its content
	held := func() (all []weak.Pointer[session.Session]) {
		replaced, removed, twice := newSession(keyA, session.StatusAccepted, "1"), newSession(keyB, session.StatusAccepted, "1"), newSession(keyC, session.StatusAccepted, "1")
		s.Apply(pass(1, admits(replaced, removed)))
		s.Apply(pass(2, updates(newSession(keyA, session.StatusAccepted, "2")), has(session.ChangeInvalid, []*session.Session{removed}), admits(twice), updates(newSession(keyC, session.StatusAccepted, "2"))))
		for _, s := range []*session.Session{replaced, removed, twice} {
			all, texts = append(all, weak.Make(s)), append(texts, weak.Make(unsafe.StringData(s.Key().ID)))
		}
		return all
	}()
	s.Apply(pass(3, updates(newSession(keyA, session.StatusAccepted, "3"))))
	runtime.GC()
	for i, one := range held {
		if one.Value() != nil || texts[i].Value() != nil {
			t.Errorf("session %d, which left, is still held", i)
		}
	}
	var told []session.Key
	for _, event := range read(t, follow(t, s, startRevision), 7) {
		told = append(told, event.Session)
	}
	if want := []session.Key{keyA, keyB, keyA, keyB, keyC, keyC, keyA}; !slices.Equal(told, want) {
		t.Errorf("told of %q, want %q", told, want)
	}
}
