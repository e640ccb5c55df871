package audit

import (
	"errors"
	"testing"
	"time"
)

func TestOwnChangesAreNotOthers(t *testing.T) {
	mine, next, theirs := digestOf("mine"), digestOf("next"), digestOf("theirs")
	found := func(d Digest) Entry { return Entry{Key: orders, Action: ActionUpdated, digest: d} }
	type event func(l *Log, c *Change)
	begin := func(l *Log, c *Change) {
		changes, err := l.Begin(Entry{Key: orders, Action: ActionHold})
		if err != nil {
			t.Fatal(err)
		}
		*c = changes[0]
	}
	looked := func(l *Log, _ *Change) { l.Looked(orders) }
	end := func(o Outcome) event {
		return func(_ *Log, c *Change) {
			if err := c.Done(o); err != nil {
				t.Fatal(err)
			}
		}
	}
	pass := func(d Digest) event { return func(l *Log, _ *Change) { l.Observe(found(d)) } }
	for name, test := range map[string]struct {
		events []event
		others int
	}{
		"found afterwards":           {[]event{begin, end(Outcome{Digest: mine}), pass(mine)}, 0},
		"found before it has ended":  {[]event{begin, pass(mine), end(Outcome{Digest: mine})}, 0},
		"other content":              {[]event{begin, end(Outcome{Digest: mine}), pass(theirs)}, 1},
		"other content before":       {[]event{begin, pass(theirs), end(Outcome{Digest: mine})}, 1},
		"failed":                     {[]event{begin, pass(theirs), end(Outcome{Err: errors.New("no")}), pass(mine)}, 2},
		"deleted":                    {[]event{begin, end(Outcome{}), pass(Digest{})}, 0},
		"deleted and made again":     {[]event{begin, end(Outcome{}), pass(Digest{}), pass(theirs)}, 1},
		"nothing of ours in between": {[]event{pass(theirs)}, 1},
		"made again by others":       {[]event{begin, end(Outcome{Digest: mine}), pass(mine), pass(theirs), pass(mine)}, 2},
		"made again at once":         {[]event{begin, pass(mine), end(Outcome{Digest: mine}), pass(theirs), pass(mine)}, 2},
		"deleted twice":              {[]event{begin, end(Outcome{}), pass(Digest{}), pass(theirs), pass(Digest{})}, 2},
		"deleted, not in memory":     {[]event{begin, end(Outcome{}), looked, pass(theirs), pass(Digest{})}, 2},
		"two of ours, found late":    {[]event{begin, end(Outcome{Digest: mine}), begin, end(Outcome{Digest: next}), pass(mine), pass(next)}, 0},
		"found in the next of ours":  {[]event{begin, end(Outcome{Digest: mine}), begin, pass(mine), end(Outcome{Digest: next}), pass(next)}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t, Config{})
			var c Change
			for _, do := range test.events {
				do(l, &c)
			}
			l.drain()
			if got := all(t, l, Filter{Action: ActionUpdated}); len(got) != test.others {
				t.Errorf("recorded as others' changes: %q", got)
			}
		})
	}
}

// What is recorded of a session that was deleted just now is recorded, although it has no
// file either: only what a pass found can be our own doing.
func TestOnlyWhatPassesFindIsOurs(t *testing.T) {
	l := open(t, Config{})
	changes, err := l.Begin(Entry{Key: orders, Action: ActionDelete})
	if err != nil {
		t.Fatal(err)
	}
	if err := changes[0].Done(Outcome{}); err != nil {
		t.Fatal(err)
	}
	l.Refused(Entry{Key: orders, Action: ActionHold})
	l.Observe(Entry{Key: orders, Action: ActionReappeared})
	l.drain()
	for _, action := range []Action{ActionHold, ActionReappeared} {
		if got := all(t, l, Filter{Action: action}); len(got) != 1 {
			t.Errorf("%s is recorded as %q", action, got)
		}
	}
}

// To purge what the trash has of a session leaves its file alone: whoever deletes that
// just then is somebody else.
func TestPurgeIsNoChangeOfTheFile(t *testing.T) {
	l := open(t, Config{})
	changes, err := l.Begin(Entry{Key: orders, Action: ActionPurge})
	if err != nil {
		t.Fatal(err)
	}
	l.Observe(Entry{Key: orders, Action: ActionRemoved, Reason: "deleted"})
	if err := changes[0].Done(Outcome{}); err != nil {
		t.Fatal(err)
	}
	l.Observe(Entry{Key: orders, Action: ActionRemoved, Reason: "deleted"})
	l.drain()
	if got := all(t, l, Filter{Action: ActionRemoved}); len(got) != 2 {
		t.Errorf("of two deletions by others is recorded: %q", got)
	}
}

func TestOwnChangesAreForgotten(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	l := open(t, Config{Now: func() time.Time { return now }})
	changes, err := l.Begin(Entry{Key: orders, Action: ActionHold})
	if err != nil {
		t.Fatal(err)
	}
	if err := changes[0].Done(Outcome{Digest: digestOf("mine")}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(ownFor)
	l.Observe(Entry{Action: ActionStarted})
	if n := len(l.own.keys); n != 0 {
		t.Errorf("%d keys are remembered", n)
	}
}
