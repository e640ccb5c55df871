package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// keptChanges is how many changes the store promises to keep beyond one pass.
const keptChanges = 65_536

func follow(t *testing.T, s *store.Store, since uint64) *store.Follower {
	t.Helper()
	f, err := s.Follow(&since)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// read returns the next n events, and those that come with the last of them.
func read(t *testing.T, f *store.Follower, n int) []session.Event {
	t.Helper()
	var events []session.Event
	for len(events) < n {
		more, err := f.Next(t.Context())
		if err != nil || more.Len() == 0 {
			t.Fatalf("after %d of %d events: %d more, %v", len(events), n, more.Len(), err)
		}
		events = append(events, more.Events()...)
	}
	for i := range events {
		if events[i].Epoch == 0 {
			t.Fatalf("an event without an epoch: %+v", events[i])
		}
		events[i].Epoch = 0 // drawn
	}
	return events
}

// nothingMore fails the test unless the very next change is the next event.
func nothingMore(t *testing.T, s *store.Store, f *store.Follower) {
	t.Helper()
	s.Apply(pass(0, removes(session.Key{App: "no.more", ID: "1"})))
	if next := read(t, f, 1)[0]; next.Revision != s.View().Revision() {
		t.Errorf("still had %v to read; want nothing more", next)
	}
}

func TestEvents(t *testing.T) {
	a := newSession(keyA, session.StatusAccepted, "")
	b := newSession(keyB, session.StatusAccepted, "")
	s := applied(
		pass(1, by(session.TriggerStartup), admits(a, b)),
		pass(2, by(session.TriggerResync)),
		pass(3, by(session.TriggerWatch), updates(a), removes(keyB)),
	)
	want := []session.Event{
		{Revision: startRevision + 1, At: endOf(1), Session: keyA, Action: session.ActionAdmitted, Trigger: session.TriggerStartup},
		{Revision: startRevision + 2, At: endOf(1), Session: keyB, Action: session.ActionAdmitted, Trigger: session.TriggerStartup},
		{Revision: startRevision + 3, At: endOf(3), Session: keyA, Action: session.ActionUpdated, Trigger: session.TriggerWatch},
		{Revision: startRevision + 4, At: endOf(3), Session: keyB, Action: session.ActionRemoved, Reason: session.RemovedDeleted, Trigger: session.TriggerWatch},
	}
	for since := range want {
		f := follow(t, s, startRevision+uint64(since))
		if diff := cmp.Diff(want[since:], read(t, f, len(want)-since)); diff != "" {
			t.Errorf("events since %d (-want +got):\n%s", since, diff)
		}
	}
	all := follow(t, s, startRevision)
	read(t, all, len(want))
	nothingMore(t, s, all)
	nothingMore(t, s, follow(t, s, s.View().Revision()))
}

func TestFollowFromNowOn(t *testing.T) {
	a := newSession(keyA, session.StatusAccepted, "")
	s := applied(pass(1, admits(a)))
	f, err := s.Follow(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s.Apply(pass(2, updates(a)))
	if got := read(t, f, 1); got[0].Revision != startRevision+2 {
		t.Errorf("first event is that of revision start + %d, want + 2", got[0].Revision-startRevision)
	}
}

// TestEventTrigger has a pass confirm what an earlier one found first: the event is told
// with the trigger of the first.
func TestEventTrigger(t *testing.T) {
	a := newSession(keyA, session.StatusAccepted, "")
	s := applied(pass(1, admits(a)))
	f := follow(t, s, startRevision+1)
	confirmed := pass(2, by(session.TriggerRetry), has(session.ChangeDeleted, []*session.Session{a}))
	confirmed.Changes[0].Removal = &session.Removal{Trigger: session.TriggerWatch}
	s.Apply(confirmed)
	if got := read(t, f, 1); got[0].Trigger != session.TriggerWatch {
		t.Errorf("told with the trigger %q, want %q", got[0].Trigger, session.TriggerWatch)
	}
}

func TestFollowGone(t *testing.T) {
	a := newSession(keyA, session.StatusAccepted, "")
	fresh := store.New(start)
	used := applied(pass(1, admits(a)), pass(2, updates(a)))
	full := applied(pass(1, admits(a)))
	full.Apply(pass(2, admits(many(keptChanges, "")...)))
	tests := []struct {
		name  string
		store *store.Store
		since uint64
		want  error
	}{
		{"empty, the start", fresh, startRevision, nil},
		{"empty, before the start", fresh, startRevision - 1, store.ErrGone},
		{"empty, newer than the newest", fresh, startRevision + 1, store.ErrGone},
		{"the start", used, startRevision, nil},
		{"the newest", used, startRevision + 2, nil},
		{"before the start", used, startRevision - 1, store.ErrGone},
		{"nought", used, 0, store.ErrGone},
		{"newer than the newest", used, startRevision + 3, store.ErrGone},
		{"the highest number", used, ^uint64(0), store.ErrGone},
		{"no longer kept", full, startRevision, store.ErrGone},
		{"the oldest kept", full, startRevision + 1, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := tt.store.Follow(&tt.since)
			if !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if f != nil {
				f.Close()
			}
		})
	}
	for _, s := range []*store.Store{fresh, used, full} {
		if n := s.Followers(); n != 0 {
			t.Errorf("%d followers after all were closed or refused", n)
		}
	}
}

func TestNextWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := store.New(start)
		got := make(chan []session.Event)
		const followers = 3
		for range followers {
			f := follow(t, s, startRevision)
			go func() {
				batch, err := f.Next(t.Context())
				if err != nil {
					t.Error(err)
				}
				got <- batch.Events()
			}()
		}
		synctest.Wait()
		s.Apply(pass(1)) // nothing changed: nobody is told
		synctest.Wait()
		select {
		case events := <-got:
			t.Fatalf("told of %v by a pass that changed nothing", events)
		default:
		}
		s.Apply(pass(2, admits(newSession(keyA, session.StatusAccepted, ""))))
		for range followers {
			if events := <-got; len(events) != 1 || events[0].Session != keyA {
				t.Errorf("got %v, want the one change", events)
			}
		}
	})
}

func TestNextHonoursContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := store.New(start)
		f := follow(t, s, startRevision)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, err := f.Next(ctx)
			done <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want that the context was cancelled", err)
		}

		// Also where there is something to read: else a reader of a busy log
		// would never learn that it should stop.
		s.Apply(pass(1, admits(newSession(keyA, session.StatusAccepted, ""))))
		if batch, err := f.Next(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, %v; want that the context was cancelled", batch.Events(), err)
		}
	})
}

// Whoever is told of a change finds it in the view.
func TestViewIsThereBeforeItsEvents(t *testing.T) {
	s := store.New(start)
	f := follow(t, s, startRevision)
	const passes = 2000
	go func() {
		for i := range passes {
			s.Apply(pass(i, updates(newSession(keyA, session.StatusAccepted, fmt.Sprint(i)))))
		}
	}()
	for told := 0; told < passes; {
		events := read(t, f, 1)
		told += len(events)
		last := events[len(events)-1].Revision
		if v := s.View(); v.Revision() < last {
			t.Fatalf("told of revision %d while the view is of %d", last, v.Revision())
		}
		other := follow(t, s, s.View().Revision()) // never gone: what is seen can be followed
		other.Close()
	}
}

// The log drops whole passes, the oldest first, down to its bound.
func TestLogIsBounded(t *testing.T) {
	s := store.New(start)
	a := newSession(keyA, session.StatusAccepted, "")
	for i := range keptChanges {
		s.Apply(pass(i, updates(a)))
	}
	var lagging []*store.Follower
	for gone := range uint64(3) {
		lagging = append(lagging, follow(t, s, startRevision+gone))
	}
	onTime := follow(t, s, startRevision+3)

	s.Apply(pass(keptChanges, updates(a, a, a)))
	for gone := range uint64(3) {
		since := startRevision + gone
		if _, err := s.Follow(&since); !errors.Is(err, store.ErrGone) {
			t.Errorf("since start + %d: %v, want it to be gone", gone, err)
		}
	}
	events := read(t, onTime, keptChanges)
	for i, event := range events {
		if want := startRevision + 4 + uint64(i); event.Revision != want {
			t.Fatalf("event %d is that of revision %d, want %d", i, event.Revision, want)
		}
	}
	for i, f := range lagging {
		for range 2 { // it is told each time it asks
			if batch, err := f.Next(t.Context()); !errors.Is(err, store.ErrLagged) {
				t.Errorf("follower %d got %d events, %v; want %v", i, batch.Len(), err, store.ErrLagged)
			}
		}
	}
	nothingMore(t, s, onTime)
}

// A pass with more changes than the log's bound can be followed all the same,
// until the next one.
func TestHugePassIsKept(t *testing.T) {
	s := applied(pass(1, admits(newSession(keyA, session.StatusAccepted, ""))))
	sessions := many(3*keptChanges/2, "")
	before := s.View().Revision()
	reader, halfway := follow(t, s, before), follow(t, s, before)

	s.Apply(pass(2, admits(sessions...)))
	if first := read(t, halfway, 1); len(first) > 10_000 {
		t.Errorf("%d events at once; want a bounded number", len(first))
	}
	got := read(t, reader, len(sessions))
	if !slices.EqualFunc(got, sessions, func(e session.Event, s *session.Session) bool { return e.Session == s.Key() }) {
		t.Error("the events are not those of the pass")
	}
	nothingMore(t, s, reader)

	s.Apply(pass(3, updates(newSession(keyA, session.StatusAccepted, ""))))
	if got := read(t, reader, 1); got[0].Session != keyA {
		t.Errorf("got %v, want the next change", got)
	}
	if _, err := halfway.Next(t.Context()); !errors.Is(err, store.ErrLagged) {
		t.Errorf("the follower that was half-way got %v, want %v", err, store.ErrLagged)
	}
}

// So it is with a first load of any size, and with passes that are nearly one.
func TestHugeFirstLoadIsKept(t *testing.T) {
	sessions := many(keptChanges+1, "")
	middle := sessions[len(sessions)/2]
	others := slices.DeleteFunc(many(keptChanges+2, ""), func(s *session.Session) bool { return s.Key().ID == middle.Key().ID })
	var keys []session.Key
	for _, s := range sessions {
		keys = append(keys, s.Key())
	}
	for name, test := range map[string]struct{ before, huge session.Outcome }{
		"a first load":        {pass(1), pass(2, admits(sessions...))},
		"one in memory":       {pass(1, admits(middle)), pass(2, admits(others...))},
		"another kind":        {pass(1), pass(2, admits(sessions[:9]...), updates(sessions[9:]...))},
		"nothing to remove":   {pass(1), pass(2, removes(keys...))},
		"one removed":         {pass(1), pass(2, admits(sessions...), removes(session.Key{App: "Z.a", ID: "1"}))},
		"one again":           {pass(1), pass(2, admits(sessions...), admits(middle))},
		"one twice in a row":  {pass(1), pass(2, admits(sessions...), admits(sessions[len(sessions)-1]))},
		"one before the last": {pass(1), pass(2, admits(sessions[1:]...), admits(sessions[0]))},
	} {
		t.Run(name, func(t *testing.T) {
			s := applied(test.before)
			since := s.View().Revision()
			s.Apply(test.huge)
			changes := test.huge.ReportWithChanges().Changes
			reader, halfway := follow(t, s, since), follow(t, s, since+40_000)
			got := read(t, reader, len(changes))
			for i, change := range changes {
				want := session.Event{
					Revision: since + 1 + uint64(i), At: endOf(2), Session: change.Session, Email: got[i].Email,
					Action: change.Action, Reason: change.Reason, Trigger: session.TriggerSocket,
				}
				if got[i] != want {
					t.Fatalf("told of %v, want %v", got[i], want)
				}
			}
			if events := read(t, halfway, 1); !slices.Equal(events, got[40_000:][:len(events)]) {
				t.Error("a follower from half-way is told of something else")
			}
			nothingMore(t, s, reader)
			if _, err := halfway.Next(t.Context()); !errors.Is(err, store.ErrLagged) {
				t.Errorf("the follower that was half-way got %v, want %v", err, store.ErrLagged)
			}
		})
	}
}

func TestFollowers(t *testing.T) {
	s := store.New(start)
	first, second := follow(t, s, startRevision), follow(t, s, startRevision)
	if n := s.Followers(); n != 2 {
		t.Errorf("%d followers, want 2", n)
	}
	first.Close()
	first.Close()
	if n := s.Followers(); n != 1 {
		t.Errorf("%d followers after one was closed, twice; want 1", n)
	}
	second.Close()
	if n := s.Followers(); n != 0 {
		t.Errorf("%d followers, want none", n)
	}
}
