package refresh_test

import (
	"testing"
	"time"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// What ends a session is told with the trigger of the look that saw it first, and with
// the time that the file has.
func TestRemovalSaysWhatTheFirstLookSaw(t *testing.T) {
	watch := refresh.Request{Trigger: session.TriggerWatch, Keys: []session.Key{one}}
	for name, test := range map[string]struct {
		edit     func(*tree)
		then     func(r *rig) refresh.Result
		trigger  session.Trigger
		modified time.Time
	}{
		"invalid, confirmed by a retry": {
			func(tree *tree) { tree.write("a.b/1", "wrong"); tree.setMtime("a.b/1", 1_700_000_000_000_000_001) },
			(*rig).retry, session.TriggerWatch, time.Unix(1_700_000_000, 1),
		},
		"deleted, confirmed by a retry": {func(tree *tree) { tree.remove("a.b/1") }, (*rig).retry, session.TriggerWatch, time.Time{}},
		"deleted, confirmed by a pass that was asked for": {
			func(tree *tree) { tree.remove("a.b/1") },
			func(r *rig) refresh.Result {
				return r.pass(refresh.Request{Trigger: session.TriggerSignal, Full: true})
			},
			session.TriggerWatch,
			time.Time{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := started(t, "a.b/1", "valid 1", "a.b/2", "valid 2")
			test.edit(r.tree)
			r.pass(watch)
			r.clock.pass(time.Second)
			changes := test.then(r).Changes
			if len(changes) != 1 || changes[0].Removal == nil {
				t.Fatalf("the changes are %+v", changes)
			}
			if got := *changes[0].Removal; got.Trigger != test.trigger || !got.Modified.Equal(test.modified) {
				t.Errorf("it says %+v", got)
			}
		})
	}
}

// A removal that the brake held is told with the trigger of the look that found the
// file gone.
func TestHeldRemovalSaysWhatTheFirstLookSaw(t *testing.T) {
	r := startedWithMany(t, 30)
	r.tree.remove("a.b")
	r.pass(refresh.Request{Trigger: session.TriggerPoll, Full: true})
	for range 100 {
		r.clock.pass(10 * time.Second)
		changes := r.retry().Changes
		if len(changes) == 0 {
			continue
		}
		for _, c := range changes {
			if c.Removal == nil || c.Removal.Trigger != session.TriggerPoll {
				t.Fatalf("a change says %+v", c.Removal)
			}
		}
		return
	}
	t.Error("nothing was removed")
}

// An error that ends because its file was deleted says so.
func TestErrorOfADeletedFile(t *testing.T) {
	for name, test := range map[string]struct {
		edit func(*tree)
		gone bool
	}{
		"valid again": {func(tree *tree) { tree.write("a.b/1", "valid") }, false},
		"deleted":     {func(tree *tree) { tree.remove("a.b/1") }, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := started(t, "a.b/1", "wrong", "a.b/2", "valid 2")
			r.rest()
			test.edit(r.tree)
			problems := r.pass(refresh.Request{Trigger: session.TriggerSignal, Full: true}).Problems
			if len(problems) != 1 || problems[0].Now != nil || problems[0].Gone != test.gone {
				t.Errorf("the problems are %+v", problems)
			}
		})
	}
}
