package refresh_test

import (
	"io/fs"
	"syscall"
	"testing"
	"time"

	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

var (
	one   = keyOf("a.b/1")
	two   = keyOf("a.b/2")
	three = keyOf("a.b/3")
	other = keyOf("c.d/1")
)

const errIO = session.ErrIO

// TestTable is the table of section 3 of the refresh contract, row by row.
func TestTable(t *testing.T) {
	inMemory := []string{"a.b/1", "valid 1"}
	updated := session.Change{Session: one, Action: session.ActionUpdated}
	admitted := session.Change{Session: one, Action: session.ActionAdmitted}
	invalid := session.Change{Session: one, Action: session.ActionRemoved, Reason: session.RemovedInvalid}
	deleted := session.Change{Session: one, Action: session.ActionRemoved, Reason: session.RemovedDeleted}

	tests := []struct {
		name   string
		before []string // what start-up finds
		edit   func(*tree)
		req    refresh.Request
		counts session.Counts
		change *session.Change
		memory keys
		errors keys
	}{
		{
			name: "valid, edited, in memory", before: inMemory,
			edit:   func(tree *tree) { tree.write("a.b/1", "valid 2") },
			counts: session.Counts{Checked: 1, Updated: 1}, change: &updated,
			memory: keys{one: "valid 2"},
		},
		{
			name: "valid, edited, in memory, admission on", before: inMemory,
			edit: func(tree *tree) { tree.write("a.b/1", "valid 2") }, req: refresh.Request{Admit: true},
			counts: session.Counts{Checked: 1, Updated: 1}, change: &updated,
			memory: keys{one: "valid 2"},
		},
		{
			name: "valid, same, in memory", before: inMemory,
			edit:   func(*tree) {},
			counts: session.Counts{Checked: 1, Unchanged: 1},
			memory: keys{one: "valid 1"},
		},
		{
			name:   "valid, not in memory",
			edit:   func(tree *tree) { tree.write("a.b/1", "valid 1") },
			counts: session.Counts{Checked: 1, NotInMemory: 1},
		},
		{
			name: "valid, not in memory, admission on",
			edit: func(tree *tree) { tree.write("a.b/1", "valid 1") }, req: refresh.Request{Admit: true},
			counts: session.Counts{Checked: 1, Admitted: 1}, change: &admitted,
			memory: keys{one: "valid 1"},
		},
		{
			name: "invalid, in memory", before: inMemory,
			edit:   func(tree *tree) { tree.write("a.b/1", "wrong 1") },
			counts: session.Counts{Checked: 1, Rejected: 1, Removed: 1}, change: &invalid,
			errors: keys{one: "mobi 3: The json file does not validate the json schema: wrong 1"},
		},
		{
			name:   "invalid, not in memory",
			edit:   func(tree *tree) { tree.write("a.b/1", "other 1") },
			counts: session.Counts{Checked: 1, Rejected: 1},
			errors: keys{one: "mobi 1: The json file location does not match its content: other 1"},
		},
		{
			name: "invalid, not in memory, admission on",
			edit: func(tree *tree) { tree.write("a.b/1", "") }, req: refresh.Request{Admit: true},
			counts: session.Counts{Checked: 1, Rejected: 1},
			errors: keys{one: "mobi 2: The json file is not correctly formed"},
		},
		{
			name: "none, in memory", before: inMemory,
			edit:   func(tree *tree) { tree.remove("a.b/1") },
			counts: session.Counts{Removed: 1}, change: &deleted,
		},
		{
			name: "folder gone, in memory", before: inMemory,
			edit:   func(tree *tree) { tree.remove("a.b") },
			counts: session.Counts{Removed: 1}, change: &deleted,
		},
		{
			name: "root gone, in memory", before: inMemory,
			edit:   func(tree *tree) { tree.remove("") },
			counts: session.Counts{Removed: 1}, change: &deleted,
		},
		{
			name: "link in its place, in memory", before: inMemory,
			edit:   func(tree *tree) { tree.place("a.b/1", fs.ModeSymlink) },
			counts: session.Counts{Removed: 1}, change: &deleted,
		},
		{
			name: "folder in its place, in memory", before: inMemory,
			edit:   func(tree *tree) { tree.folder("a.b/1") },
			counts: session.Counts{Removed: 1}, change: &deleted,
		},
		{
			name: "link in the folder's place, in memory", before: inMemory,
			edit:   func(tree *tree) { tree.place("a.b", fs.ModeSymlink) },
			counts: session.Counts{Removed: 1}, change: &deleted,
		},
		{
			name: "cannot be judged, in memory", before: inMemory,
			edit:   func(tree *tree) { tree.lock("a.b/1", true) },
			counts: session.Counts{Checked: 1},
			memory: keys{one: "valid 1"},
			errors: keys{one: "permission denied (errno 13): the file cannot be read"},
		},
		{
			name: "cannot be judged, not in memory, admission on",
			edit: func(tree *tree) {
				tree.write("a.b/1", "valid 1")
				tree.lock("a.b/1", true)
			}, req: refresh.Request{Admit: true},
			counts: session.Counts{Checked: 1},
			errors: keys{one: "permission denied (errno 13): the file cannot be read"},
		},
	}
	for _, test := range tests {
		for _, scope := range []session.Scope{session.ScopeFull, session.ScopeFiles} {
			t.Run(test.name+", "+string(scope), func(t *testing.T) {
				r := newRig(t, test.before...)
				r.tree.folder("a.b")
				r.full()
				r.clock.pass(time.Minute)
				test.edit(r.tree)
				req := test.req
				req.Trigger, req.Full, req.Keys = session.TriggerSocket, scope == session.ScopeFull, []session.Key{one}

				report := r.answer(req)

				counts(t, report, test.counts)
				var changes []session.Change
				if test.change != nil {
					changes = append(changes, *test.change)
				}
				changed(t, report, changes...)
				r.inMemory(test.memory)
				r.wrong(test.errors)
			})
		}
	}
}

// Files that are no session files are none of a pass's business.
func TestOthersArePassedOver(t *testing.T) {
	r := newRig(t,
		"a.b/1", "valid",
		"a.b/manifest.json", "wrong", "a.b/1~", "wrong", "a.b/#1#", "wrong", "a.b/.1", "wrong",
		"key.mobileapp/1", "valid 1",
		"nodot/1", "valid", ".git/1", "valid",
	)
	r.tree.place("a.b/2", fs.ModeNamedPipe)
	r.tree.place("e.f", fs.ModeSymlink)

	counts(t, r.full(), session.Counts{Checked: 2, Admitted: 2})
	r.inMemory(keys{one: "valid", keyOf("key.mobileapp/1"): "valid 1"})
}

// An unchanged invalid file is reported by every full pass, without being read
// again for it.
func TestRejectedEveryTime(t *testing.T) {
	r := newRig(t, "a.b/1", "wrong")
	r.refresh()
	for range 3 {
		r.clock.pass(rested)
		report := r.full()
		counts(t, report, session.Counts{Checked: 1, Rejected: 1})
		diff(t, "errors", []session.Problem{*session.NewProblem(one, session.CodeSchema, "wrong")}, report.Errors)
	}
	r.tree.reads = 0
	r.full()
	if r.tree.reads != 0 {
		t.Errorf("%d files were read again", r.tree.reads)
	}
}

// What cannot be judged is kept, whatever the call and the error.
func TestUnreadableIsKept(t *testing.T) {
	errs := []error{
		syscall.EACCES, session.ErrIO, session.ErrNoDescriptor, session.ErrNoDescriptors, syscall.ESTALE,
		syscall.EINTR, syscall.ENOMEM, session.ErrHangs, session.ErrTooLarge,
	}
	calls := map[call]session.Key{
		openRoot: {}, listRoot: {}, openFolder: keyOf("a.b/"), listFolder: keyOf("a.b/"), statFile: one, readFile: one,
	}
	for c, stands := range calls {
		for _, err := range errs {
			t.Run(string(c)+", "+err.Error(), func(t *testing.T) {
				r := started(t, "a.b/1", "valid 1")
				r.tree.touch("a.b/1", 0)
				r.tree.failing(c, "*", err)
				since := r.clock.read().Wall

				r.full()
				r.inMemory(keys{one: "valid 1"})
				r.unsettledAre(keys{stands: session.ReasonUnreadable})
				problem := session.NewFileProblem(stands, err)
				r.wrong(keys{stands: problem.String()})

				// Every look says the same, and since when.
				for range 20 {
					r.retry()
					r.clock.pass(time.Second)
					r.full()
				}
				diff(t, "since", since, r.unsettled[stands].Since)
				diff(t, "since", since, r.problems[stands].Since)
				r.inMemory(keys{one: "valid 1"})

				r.tree.faults.of = nil
				r.retry()
				r.inMemory(keys{one: "valid 1"})
				r.wrong(nil)
				r.unsettledAre(nil)
			})
		}
	}
}
