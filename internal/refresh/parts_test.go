package refresh_test

import (
	"maps"
	"slices"
	"testing"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// checkParts holds the parts of a full pass together: they are the whole.
func (r *rig) checkParts(result refresh.Result, had keys) {
	r.t.Helper()
	whole := result.ReportWithChanges()
	if whole.Scope != session.ScopeFull {
		return
	}
	all := make(map[session.Key]bool)
	for key := range had {
		all[key] = true
	}
	for _, path := range r.tree.files() {
		all[keyOf(path)] = true
	}
	half := false // what was counted of a folder that failed halfway is not told again
	told := func(key session.Key) {
		if !key.IsFile() {
			key.ID, half = "any", true // stands for the folder
		}
		all[key] = true
	}
	for _, u := range whole.Unsettled {
		told(u.Session)
	}
	for _, p := range whole.Errors {
		told(p.Session)
	}
	parts := r.memory.Parts(result)
	sum := parts.Of(slices.Collect(maps.Keys(all))...).ReportWithChanges()
	sum.Scope = whole.Scope
	if half {
		sum.Counts = whole.Counts
	}
	diff(r.t, "the parts", tidy(whole), tidy(sum))

	var counts session.Counts
	for key := range all {
		one := parts.Of(key).ReportWithChanges()
		for _, c := range one.Changes {
			if c.Session != key {
				r.t.Errorf("the part of %q tells of %q", key, c.Session)
			}
		}
		counts.Checked += one.Checked
		counts.Updated += one.Updated
		counts.Unchanged += one.Unchanged
		counts.NotInMemory += one.NotInMemory
		counts.Admitted += one.Admitted
		counts.Rejected += one.Rejected
		counts.Removed += one.Removed
	}
	if !half {
		diff(r.t, "the counts of the parts", whole.Counts, counts)
	}
}

// tidy has no difference between an empty list and none.
func tidy(r session.Report) session.Report {
	r.Changes, r.Errors, r.Unsettled = slices.Concat(r.Changes), slices.Concat(r.Errors), slices.Concat(r.Unsettled)
	return r
}

// Of what was removed since a time a request hears, beside the files of others.
func TestPartsOfWhatWasRemoved(t *testing.T) {
	r := started(t, "a.b/1", "valid", "a.b/2", "valid", "c.d/3", "wrong")
	began := r.clock.read().Wall
	r.tree.remove("a.b/1")
	r.refresh()
	r.tree.write("a.b/1", "valid")
	r.rest()
	result := r.pass(refresh.Request{
		Trigger: session.TriggerOpen, Admit: true, RemovedSince: began, Keys: []session.Key{keyOf("a.b/2"), keyOf("c.d/3")},
	})
	parts := r.memory.Parts(result)
	removed := parts.OfRemoved().ReportWithChanges()
	counts(t, removed, session.Counts{Checked: 1, Admitted: 1})
	changed(t, removed, session.Change{Session: keyOf("a.b/1"), Action: session.ActionAdmitted})
	counts(t, parts.Of(keyOf("a.b/2")).ReportWithChanges(), session.Counts{Checked: 1, Unchanged: 1})
	wrong := parts.Of(keyOf("c.d/3")).ReportWithChanges()
	counts(t, wrong, session.Counts{Checked: 1, Rejected: 1})
	if len(wrong.Errors) != 1 || wrong.Errors[0].Session != keyOf("c.d/3") {
		t.Errorf("its errors are %v", wrong.Errors)
	}
}

// A file that its folder stands for is not counted, and hears what is said of the
// folder.
func TestPartsOfUnreadableFolder(t *testing.T) {
	r := started(t, "a.b/1", "valid", "c.d/2", "valid")
	r.tree.lock("a.b", true)
	result := r.pass(refresh.Request{Trigger: session.TriggerOpen, Admit: true, Keys: []session.Key{keyOf("a.b/1"), keyOf("c.d/2")}})
	parts := r.memory.Parts(result)
	denied, other := parts.Of(keyOf("a.b/1")).ReportWithChanges(), parts.Of(keyOf("c.d/2")).ReportWithChanges()
	counts(t, denied, session.Counts{})
	counts(t, other, session.Counts{Checked: 1, Unchanged: 1})
	if len(denied.Errors) != 1 || len(denied.Unsettled) != 1 || len(other.Errors)+len(other.Unsettled) != 0 {
		t.Errorf("the answers are %+v and %+v", denied, other)
	}
}

// Only the answer about what is in motion waits for that.
func TestPartsInMotion(t *testing.T) {
	r := started(t, "a.b/1", "valid", "a.b/2", "valid", "a.b/3", "valid")
	r.tree.write("a.b/1", "wrong")
	r.tree.remove("a.b/2")
	keys := []session.Key{keyOf("a.b/1"), keyOf("a.b/2"), keyOf("a.b/3")}
	parts := r.memory.Parts(r.pass(refresh.Request{Trigger: session.TriggerOpen, Admit: true, Keys: keys}))
	var answers []*refresh.Answer
	for i, waits := range []bool{true, true, false} {
		a := refresh.NewAnswer(parts.Of(keys[i]))
		if a.Waiting() != waits {
			t.Errorf("the answer about %q waits: %t", keys[i], a.Waiting())
		}
		answers = append(answers, a)
	}
	r.clock.pass(settle)
	later := r.pass(refresh.Request{Trigger: session.TriggerRetry, Keys: r.memory.Due(r.clock.read())})
	for i, want := range []session.Counts{{Checked: 1, Rejected: 1, Removed: 1}, {Removed: 1}, {Checked: 1, Unchanged: 1}} {
		answers[i].Add(later)
		if report := answers[i].Report(); answers[i].Waiting() || report.Counts != want || len(report.Changes) != want.Removed {
			t.Errorf("the answer about %q is %+v, want the counts %+v", keys[i], report, want)
		}
	}
}
