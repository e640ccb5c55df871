package refresh_test

import (
	"slices"
	"testing"
	"time"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// TestAnswer edits before a request and between the looks of its answer; the
// report counts as if one pass had found it all (refresh contract, section 4).
func TestAnswer(t *testing.T) {
	const half = settle / 2
	tests := []struct {
		name    string
		edit    func(r *rig)
		then    func(r *rig) // half a settle time after the first look
		counts  session.Counts
		changes []session.Change
		unread  []session.Key // unsettled in the end, since they are unreadable
		looks   int           // that it waits for
	}{
		{
			name:   "nothing in motion",
			edit:   func(r *rig) { r.tree.write("a.b/1", "valid 9") },
			counts: session.Counts{Checked: 4, Updated: 1, Unchanged: 2, Rejected: 1},
			changes: []session.Change{
				{Session: one, Action: session.ActionUpdated},
			},
		},
		{
			name:   "invalid at rest",
			edit:   func(r *rig) { r.tree.write("a.b/1", "wrong 9") },
			counts: session.Counts{Checked: 4, Unchanged: 2, Rejected: 2, Removed: 1},
			changes: []session.Change{
				{Session: one, Action: session.ActionRemoved, Reason: session.RemovedInvalid},
			},
			looks: 1,
		},
		{
			name:   "deleted",
			edit:   func(r *rig) { r.tree.remove("a.b/1"); r.tree.remove("c.d") },
			counts: session.Counts{Checked: 2, Unchanged: 1, Rejected: 1, Removed: 2},
			changes: []session.Change{
				{Session: one, Action: session.ActionRemoved, Reason: session.RemovedDeleted},
				{Session: other, Action: session.ActionRemoved, Reason: session.RemovedDeleted},
			},
			looks: 1,
		},
		{
			name:   "root deleted",
			edit:   func(r *rig) { r.tree.remove("") },
			counts: session.Counts{Removed: 3},
			changes: []session.Change{
				{Session: one, Action: session.ActionRemoved, Reason: session.RemovedDeleted},
				{Session: two, Action: session.ActionRemoved, Reason: session.RemovedDeleted},
				{Session: other, Action: session.ActionRemoved, Reason: session.RemovedDeleted},
			},
			looks: 1,
		},
		{
			name:   "invalid, then saved",
			edit:   func(r *rig) { r.tree.write("a.b/1", "vali") },
			then:   func(r *rig) { r.tree.write("a.b/1", "valid 9") },
			counts: session.Counts{Checked: 4, Updated: 1, Unchanged: 2, Rejected: 1},
			changes: []session.Change{
				{Session: one, Action: session.ActionUpdated},
			},
			looks: 1,
		},
		{
			name:   "absent, then back as it was",
			edit:   func(r *rig) { r.tree.rename("a.b/1", "a.b/x.y") },
			then:   func(r *rig) { r.tree.rename("a.b/x.y", "a.b/1") },
			counts: session.Counts{Checked: 4, Unchanged: 3, Rejected: 1},
			looks:  1,
		},
		{
			name:   "invalid, not in memory, then valid",
			edit:   func(r *rig) { r.tree.write("a.b/4", "vali") },
			then:   func(r *rig) { r.tree.write("a.b/4", "valid") },
			counts: session.Counts{Checked: 5, Unchanged: 3, NotInMemory: 1, Rejected: 1},
			looks:  1,
		},
		{
			name:   "invalid, not in memory, then gone",
			edit:   func(r *rig) { r.tree.write("a.b/4", "vali") },
			then:   func(r *rig) { r.tree.remove("a.b/4") },
			counts: session.Counts{Checked: 4, Unchanged: 3, Rejected: 1},
			looks:  1,
		},
		{
			name:   "invalid, then invalid in another way",
			edit:   func(r *rig) { r.tree.write("a.b/1", "wrong 8") },
			then:   func(r *rig) { r.tree.write("a.b/1", "other 9") },
			counts: session.Counts{Checked: 4, Unchanged: 2, Rejected: 2, Removed: 1},
			changes: []session.Change{
				{Session: one, Action: session.ActionRemoved, Reason: session.RemovedInvalid},
			},
			looks: 2,
		},
		{
			name:   "invalid, then unreadable",
			edit:   func(r *rig) { r.tree.write("a.b/1", "vali") },
			then:   func(r *rig) { r.tree.lock("a.b/1", true) },
			counts: session.Counts{Checked: 4, Unchanged: 2, Rejected: 1},
			unread: []session.Key{one},
			looks:  1,
		},
		{
			name:   "absent, then unreadable",
			edit:   func(r *rig) { r.tree.remove("a.b/1") },
			then:   func(r *rig) { r.tree.write("a.b/1", "valid"); r.tree.lock("a.b/1", true) },
			counts: session.Counts{Checked: 4, Unchanged: 2, Rejected: 1},
			unread: []session.Key{one},
			looks:  1,
		},
		{
			name: "two in motion, then their folder unreadable",
			edit: func(r *rig) { r.tree.write("a.b/1", "vali"); r.tree.remove("a.b/2") },
			then: func(r *rig) { r.tree.lock("a.b", true) },
			// What was counted of the folder before, was seen.
			counts: session.Counts{Checked: 2, Unchanged: 1, Rejected: 1},
			unread: []session.Key{keyOf("a.b/")},
			looks:  1,
		},
		{
			name:   "in motion, then the root unreadable",
			edit:   func(r *rig) { r.tree.write("a.b/1", "vali"); r.tree.remove("c.d/1") },
			then:   func(r *rig) { r.tree.lock("", true) },
			counts: session.Counts{Checked: 2, Unchanged: 1, Rejected: 1},
			unread: []session.Key{{}},
			looks:  1,
		},
		{
			name:   "unreadable is not waited for",
			edit:   func(r *rig) { r.tree.lock("a.b/1", true); r.tree.lock("c.d", true) },
			counts: session.Counts{Checked: 3, Unchanged: 1, Rejected: 1},
			unread: []session.Key{one, keyOf("c.d/")},
		},
		{
			name: "settled by a pass that finds other edits",
			edit: func(r *rig) { r.tree.write("a.b/1", "wrong") },
			then: func(r *rig) {
				r.clock.pass(half)
				r.tree.write("a.b/2", "valid 9")
				r.tree.write("c.d/1", "wrong")
				r.tree.lock("a.b/3", true)
				r.full()
			},
			counts: session.Counts{Checked: 4, Unchanged: 2, Rejected: 2, Removed: 1},
			changes: []session.Change{
				{Session: one, Action: session.ActionRemoved, Reason: session.RemovedInvalid},
			},
		},
		{
			name:   "what moves later is not waited for",
			edit:   func(r *rig) { r.tree.write("a.b/1", "wrong") },
			then:   func(r *rig) { r.tree.write("a.b/2", "valid 9"); r.tree.write("c.d/1", "wrong"); r.full() },
			counts: session.Counts{Checked: 4, Unchanged: 2, Rejected: 2, Removed: 1},
			changes: []session.Change{
				{Session: one, Action: session.ActionRemoved, Reason: session.RemovedInvalid},
			},
			looks: 1,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := started(t, "a.b/1", "valid 1", "a.b/2", "valid 2", "a.b/3", "wrong 3", "c.d/1", "valid")
			r.rest()
			r.clock.pass(time.Minute)
			test.edit(r)

			first := r.pass(refresh.Request{Trigger: session.TriggerSocket, Full: true})
			asItWas := clone(first.Report)
			answer := refresh.NewAnswer(first)
			r.answering = answer
			looks := 0
			if test.then != nil {
				r.clock.pass(half)
				test.then(r)
			}
			for answer.Waiting() {
				if looks++; looks > 10 {
					t.Fatal("it waits for ever")
				}
				r.retry()
			}

			report := answer.Report()
			counts(t, report, test.counts)
			changed(t, report, test.changes...)
			checkReport(t, report, func(key session.Key) bool { return r.tree.isFile(key.String()) })
			if report.Pass != first.Report.Pass || report.StartedAt != first.Report.StartedAt || report.Trigger != session.TriggerSocket {
				t.Errorf("not under the first pass: %+v", report)
			}
			if looks != test.looks {
				t.Errorf("%d looks were waited for, want %d", looks, test.looks)
			}
			var unread, faults []session.Key
			for _, u := range report.Unsettled {
				unread = append(unread, u.Session)
			}
			for _, p := range report.Errors {
				if !p.Rejects() {
					faults = append(faults, p.Session)
				}
			}
			diff(t, "unsettled", test.unread, unread)
			diff(t, "errors of the operating system", test.unread, faults)
			diff(t, "the first pass's own report", asItWas, first.Report)
		})
	}
}

func clone(r session.Report) session.Report {
	r.Changes, r.Errors, r.Unsettled = slices.Clone(r.Changes), slices.Clone(r.Errors), slices.Clone(r.Unsettled)
	return r
}

// What is still in motion when nobody waits any longer stays unsettled in the
// answer.
func TestAnswerAtItsLimit(t *testing.T) {
	r := started(t, "a.b/1", "valid 1", "a.b/2", "valid 2")
	r.tree.remove("a.b/2")
	r.tree.write("a.b/1", "wrong")
	answer := refresh.NewAnswer(r.pass(refresh.Request{Trigger: session.TriggerSocket, Full: true}))
	since := r.clock.read().Wall
	for limit := r.clock.read().Mono + refresh.AnswerLimit; r.clock.read().Mono < limit; {
		r.tree.write("a.b/1", string(r.tree.at("a.b/1").data)+" still")
		answer.Add(r.retry())
	}
	report := answer.Report()
	counts(t, report, session.Counts{Checked: 1, Removed: 1})
	diff(t, "unsettled", []session.Unsettled{{Session: one, Since: since, Reason: session.ReasonInMotion}}, report.Unsettled)
	checkReport(t, report, func(key session.Key) bool { return r.tree.isFile(key.String()) })
}

// A folder that start-up could not list and that is in motion since is waited
// for like a file, and no longer.
func TestAnswerAboutAFolder(t *testing.T) {
	thens := map[string]func(r *rig){
		"gone":       func(*rig) {},
		"back":       func(r *rig) { r.tree.write("a.b/1", "valid 1") },
		"unreadable": func(r *rig) { r.tree.folder("a.b"); r.tree.lock("a.b", true) },
	}
	for name, then := range thens {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "a.b/1", "valid 1", "c.d/1", "valid")
			r.tree.lock("a.b", true)
			r.full()
			r.tree.remove("a.b")
			answer := refresh.NewAnswer(r.pass(refresh.Request{Trigger: session.TriggerSocket, Full: true}))
			if !answer.Waiting() {
				t.Fatal("it does not wait for the folder")
			}
			then(r)
			answer.Add(r.retry())
			if answer.Waiting() {
				t.Fatal("it waits on")
			}
			report := answer.Report()
			diff(t, "checked", 1, report.Checked)
			var want []session.Unsettled
			if name == "unreadable" {
				want = []session.Unsettled{r.unsettled[keyOf("a.b/")]}
			}
			diff(t, "unsettled", want, report.Unsettled)
			checkReport(t, report, func(key session.Key) bool { return r.tree.isFile(key.String()) })
		})
	}
}

// The duration of an answer is that of all its looks, not of the time between
// them, nor of looks at something else.
func TestDuration(t *testing.T) {
	r := started(t, "a.b/1", "valid 1", "a.b/2", "valid 2")
	r.tree.faults.during = func(string) { r.clock.pass(3 * time.Millisecond) }
	r.tree.write("a.b/1", "wrong 1")
	first := r.pass(refresh.Request{Trigger: session.TriggerSocket, Keys: []session.Key{one}})
	answer := refresh.NewAnswer(first)
	diff(t, "first look", 3.0, answer.Report().DurationMs)

	r.clock.pass(time.Millisecond)
	answer.Add(r.pass(refresh.Request{Trigger: session.TriggerWatch, Keys: []session.Key{one}}))
	r.tree.write("a.b/2", "valid 3")
	answer.Add(r.pass(refresh.Request{Trigger: session.TriggerWatch, Keys: []session.Key{two}}))
	answer.Add(r.retry())
	if answer.Waiting() {
		t.Fatal("it waits on")
	}
	diff(t, "all looks", 9.0, answer.Report().DurationMs)
}
