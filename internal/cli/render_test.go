package cli

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

func TestDrawStatus(t *testing.T) {
	r := report()
	last := r.Summary()
	shut := session.Problem{
		ErrCode: int(syscall.EACCES), ComponentSignature: session.ComponentFile, Message: "permission denied",
		Session: session.Key{App: "com.example.shut"}, Detail: "the app folder cannot be read",
	}
	s := api.Status{
		Version: "1.2.3", PID: 4711, StartedAt: started(), Root: "/srv/4D/MobileApps", Admit: "restore",
		Watch:    api.Watch{Mode: "poll", Degraded: true, Reason: "no watches left: no space left on device"},
		Sessions: 1203, NotInMemory: 12, Revision: 1795338000000003, Passes: 37, Busy: true,
		LastPass: &last, LastSuccess: today().Add(-time.Minute),
		Errors: []session.ActiveError{
			{Problem: r.Errors[1], Since: today().Add(-3 * time.Hour)},
			{Problem: shut, Since: today().Add(-time.Hour)},
		},
		Unsettled: []session.Unsettled{
			{Session: session.Key{}, Since: today().Add(-2 * time.Hour), Reason: session.ReasonUnreadable},
			{Session: session.Key{App: "com.example.shut"}, Since: today().Add(-time.Hour), Reason: session.ReasonUnreadable},
			{Session: session.Key{App: "a.b", ID: "log"}, Since: today().Add(-time.Hour), Reason: session.ReasonInMotion},
			{Session: session.Key{App: "a.b", ID: "saved"}, Since: today(), Reason: session.ReasonInMotion},
		},
		Hints: []api.Hint{
			{Code: api.HintNotInMemory, Text: "12 valid files are not in memory: open --all, or run with --admit follow"},
			{Code: api.HintRejected, Text: "1 file is rejected: correct what the error says, or delete the file"},
			{Code: api.HintDegraded, Text: "changes are found every 2s instead of at once: no watches left: no space left on device"},
			{Code: "full-moon", Text: "the moon is full: stay inside"},
		},
	}
	s = counted(s)
	same(t, drawn(t, false, func(p *page) { p.status(&s) }), text(
		"Degraded: the moon is full: stay inside; 1 file is rejected; 2 files or folders cannot be read; 1 file has been changing for more than a minute; 12 valid files are not in memory; changes are found late, since they cannot be watched.",
		"1,203 sessions in memory, looking at everything at intervals, last looked 2 minutes ago.",
		"",
		"1 file is rejected",
		`com.example.noteam/0123456789abcdef0123456789abcdef01234567: mobi 3: The json file does not validate the json schema: /status: value must be one of "accepted", "pending"`,
		"    since 2026-11-22 15:00:00 (3 hours ago): correct the members it names (sessiond schema prints the rules), or delete the file",
		"",
		"2 files or folders cannot be read, the first since 2026-11-22 16:00:00 (2 hours ago)",
		"com.example.shut/ (the whole folder): permission denied (errno 13): the app folder cannot be read",
		"    since 2026-11-22 17:00:00 (1 hour ago): give the daemon's user that right: see Permissions in docs/OPERATIONS.md",
		"the whole MobileApps folder: unreadable",
		"    since 2026-11-22 16:00:00 (2 hours ago)",
		"What is in memory from there stays as it was, and the daemon retries by itself.",
		"",
		"1 file has been changing for more than a minute",
		"a.b/log: in motion",
		"    since 2026-11-22 17:00:00 (1 hour ago)",
		"Find out what keeps writing there; until it stops, what is in memory stays as it was.",
		"",
		"12 valid files are not in memory",
		"To admit them: open --all, or run with --admit follow.",
		"",
		"Changes are found late, since they cannot be watched",
		"The reason: no watches left: no space left on device. Where that cannot be helped, --watch poll says that it is meant.",
		"",
		"Daemon        sessiond 1.2.3, process 4711, runs since 2026-11-22 09:00:00 (9 hours ago)",
		"Root          /srv/4D/MobileApps",
		"Admission     restore (from files at start-up; later by open)",
		"Watching      poll, degraded: no watches left: no space left on device",
		"Sessions      1,203 in memory, 12 valid files not in memory, 1 file rejected",
		"Now           busy, 37 passes so far; revision 1795338000000003",
		"In motion     2 files, kept in memory as before until they are whole",
		"Last pass     2026-11-22 17:58:00 (2 minutes ago), pass 7 by socket over the whole folder, took 1.94 ms",
		"              1,205 files checked: 1 updated, 1,200 unchanged, 1 not in memory, 1 rejected; 2 removed from memory",
		"              1 was still being written, 2 now",
		"              1 was not readable, 2 now",
		"Last success  2026-11-22 17:59:00 (1 minute ago)",
	))
}

// counted returns a status with the totals of its lists.
func counted(s api.Status) api.Status {
	s.Rejected, s.ErrorsTotal = session.CountRejected(s.Errors), len(s.Errors)
	for code := session.CodeLocation; code <= session.CodeToken; code++ {
		c := session.CodeCount{ErrCode: code}
		for _, e := range s.Errors {
			if e.Rejects() && e.ErrCode == int(code) {
				c.Files++
			}
		}
		if c.Files > 0 {
			s.RejectedByCode = append(s.RejectedByCode, c)
		}
	}
	s.UnsettledCounts, s.UnsettledTotal = session.CountUnsettled(s.Unsettled), len(s.Unsettled)
	return s
}

// The first line is what one would tell on the telephone.
func TestVerdict(t *testing.T) {
	bad := session.ActiveError{Problem: *session.NewProblem(anna, session.CodeSyntax, "line 1")}
	for want, s := range map[string]api.Status{
		"OK: 1,204 sessions in memory, watching 7 folders, last looked 3 seconds ago.": {
			Passes: 1, Sessions: 1204, Watch: api.Watch{Mode: "events", Watches: 7}, LastPass: &session.PassSummary{StartedAt: today().Add(-3 * time.Second)},
		},
		"OK: 1 session in memory, not watching, last looked just now.": {
			Passes: 1, Sessions: 1, Watch: api.Watch{Mode: "off"}, LastPass: &session.PassSummary{StartedAt: today()},
		},
		"OK: 0 sessions in memory, looking at everything at intervals.":                     {Passes: 1, Watch: api.Watch{Mode: "poll"}, Unsettled: []session.Unsettled{{Reason: session.ReasonInMotion, Since: today()}}},
		"Degraded: 1 file is rejected.":                                                     {Passes: 1, Errors: []session.ActiveError{bad}, Hints: []api.Hint{{Code: api.HintRejected, Text: "1 file is rejected: " + api.AdviceRejected}}},
		"Degraded: 2 files are rejected; 1 valid file is not in memory.":                    {Passes: 1, Errors: []session.ActiveError{bad, bad}, NotInMemory: 1},
		"OK, but 1 valid file is not in memory.":                                            {Passes: 1, NotInMemory: 1},
		"OK, but changes are found late, since they cannot be watched.":                     {Passes: 1, Watch: api.Watch{Mode: "poll", Degraded: true, Reason: "no watches left"}},
		"OK, but changes in some app folders are found late, since they cannot be watched.": {Passes: 1, Watch: api.Watch{Mode: "events", Degraded: true, Reason: "it is refused", Watches: 3}},
		"Degraded: is it the MobileApps folder itself?":                                     {Passes: 1, Hints: []api.Hint{{Code: api.HintRootWithoutApps, Text: "is it the MobileApps folder itself?"}}},
		"Starting: the sessions are being loaded.":                                          {Busy: true},
	} {
		s = counted(s)
		same(t, drawn(t, false, func(p *page) {
			line, _ := p.verdict(&s, p.issues(&s))
			p.line(line)
		}), text(want))
	}
}

// What is kept on purpose is told with what it means and what to do.
func TestDrawWhatIsKept(t *testing.T) {
	away := *session.NewFileProblem(session.Key{}, session.ErrOtherMount)
	shut := *session.NewFileProblem(session.Key{App: "com.example.shut"}, syscall.EACCES)
	app := *session.NewFileProblem(session.Key{App: "com.example.app"}, session.ErrOtherMount)
	gone := func(keys ...session.Key) (list []session.Unsettled) {
		for _, key := range keys {
			list = append(list, session.Unsettled{Session: key, Since: today().Add(-time.Minute), Reason: session.ReasonManyGone})
		}
		return list
	}
	note := func(s api.Status) string {
		s = counted(s)
		s.Passes = 1
		got, _, _ := strings.Cut(drawn(t, false, func(p *page) { p.status(&s) }), "\nDaemon ")
		return got
	}
	since := today().Add(-time.Hour)
	same(t, note(api.Status{
		Errors:    []session.ActiveError{{Problem: away, Since: since}},
		Unsettled: []session.Unsettled{{Session: session.Key{}, Since: since, Reason: session.ReasonUnreadable}},
	}), text(
		"Degraded: another file system is mounted at the MobileApps folder, or its mount is gone.",
		"0 sessions in memory, not watching.",
		"",
		"Another file system is mounted at the MobileApps folder, or its mount is gone",
		"the whole MobileApps folder: "+away.String(),
		"    since 2026-11-22 17:00:00 (1 hour ago)",
		"The sessions are kept as they were, and edits are not seen. Mount what was there before; to go on with what is there now: sessiond refresh --take-root.",
	))
	same(t, note(api.Status{
		Errors: []session.ActiveError{{Problem: app, Since: since}, {Problem: shut, Since: since}},
		Unsettled: []session.Unsettled{
			{Session: app.Session, Since: since, Reason: session.ReasonUnreadable}, {Session: shut.Session, Since: since, Reason: session.ReasonUnreadable},
		},
	}), text(
		"Degraded: another file system is mounted at 1 app folder, or the mount there is gone; 1 file or folder cannot be read.",
		"0 sessions in memory, not watching.",
		"",
		"Another file system is mounted at 1 app folder, or the mount there is gone",
		"com.example.app/ (the whole folder): "+app.String(),
		"    since 2026-11-22 17:00:00 (1 hour ago)",
		adviceMount,
		"",
		"1 file or folder cannot be read",
		"com.example.shut/ (the whole folder): "+shut.String(),
		"    since 2026-11-22 17:00:00 (1 hour ago): give the daemon's user that right: see Permissions in docs/OPERATIONS.md",
		"What is in memory from there stays as it was, and the daemon retries by itself.",
	))
	same(t, note(api.Status{Unsettled: gone(session.Key{App: "a.b", ID: "1"}, session.Key{App: "a.b", ID: "2"})}), text(
		"Degraded: many files went or became invalid at once, and 2 removals are held back.",
		"0 sessions in memory, not watching.",
		"",
		"Many files went or became invalid at once, and 2 removals are held back, the first since 2026-11-22 17:59:00 (1 minute ago)",
		"a.b/1: many gone",
		"    since 2026-11-22 17:59:00 (1 minute ago)",
		"a.b/2: many gone",
		"    since 2026-11-22 17:59:00 (1 minute ago)",
		"Their sessions are kept until nothing has come back or appeared there for --settle-many (10s by default). Put the files back, or wait; where they are meant to go: sessiond refresh by an administrator, which makes it count at once.",
	))
	s := counted(api.Status{
		Passes: 1, LastPass: &session.PassSummary{UnsettledCounts: session.UnsettledCounts{ManyGone: 2}},
		Unsettled: gone(session.Key{App: "a.b", ID: "1"}, session.Key{App: "a.b", ID: "2"}, session.Key{App: "a.b", ID: "3"}),
	})
	got := drawn(t, false, func(p *page) { p.findings(&s) })
	for _, want := range []string{"\nHeld back     3 removals, kept in memory as before\n", "\n              2 removals were held back, 3 now\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "In motion") {
		t.Errorf("what is held is said to be in motion:\n%s", got)
	}

	r := session.Report{Pass: 7, Scope: session.ScopeFull, Trigger: session.TriggerSocket, Errors: []session.Problem{app}, Unsettled: gone(session.Key{App: "a.b", ID: "1"})}
	same(t, drawn(t, false, func(p *page) { p.report(&r) }), text(
		"pass 7 by socket over the whole folder, took 0.00 ms",
		"0 files checked",
		"",
		"Errors (1)",
		"com.example.app/ (the whole folder): "+app.String(),
		"",
		"Not judged yet (1)",
		"a.b/1: many gone",
		"    since 2026-11-22 17:59:00 (1 minute ago)",
		"",
		"Many files went or became invalid at once, and 1 removal is held back.",
		adviceManyGone,
		"",
		"Another file system is mounted there, or the mount is gone.",
		adviceMount,
	))
}

// A folder full of wrong files does not scroll the verdict away: what is alike is told
// once.
func TestDrawManySymptoms(t *testing.T) {
	var s api.Status
	for i := range api.MaxListed {
		wrong := session.NewProblem(session.Key{App: "a.b", ID: fmt.Sprintf("%03d", i)}, session.CodeToken, "")
		if i >= 97 {
			wrong = session.NewProblem(wrong.Session, session.CodeSyntax, fmt.Sprintf("line %d", i))
		}
		s.Errors = append(s.Errors, session.ActiveError{Problem: *wrong, Since: today()})
	}
	s.Errors[0].Modified = session.FileTime(started().UnixNano())
	s.Errors[0].LastKnown = &session.LastKnown{Email: "anna@example.com", Device: "Anna's phone"}
	s.Rejected = 2000
	s.RejectedByCode = []session.CodeCount{{ErrCode: session.CodeSyntax, Files: 3}, {ErrCode: session.CodeSchema, Files: 7}, {ErrCode: session.CodeToken, Files: 1990}}
	got, _, _ := strings.Cut(drawn(t, false, func(p *page) { p.status(&s) }), "\n\nDaemon")
	same(t, got, strings.TrimSuffix(text(
		"Starting: the sessions are being loaded.",
		"0 sessions in memory, not watching.",
		"",
		"2,000 files are rejected, the first since 2026-11-22 18:00:00 (now)",
		"1,990 files: mobi 4: Connection token is not compliant with the current information",
		"    copy the token of this very session, or delete the file",
		"    a.b/000",
		"        anna@example.com, Anna's phone; since 2026-11-22 18:00:00 (now), file modified 2026-11-22 09:00:00",
		"    a.b/001",
		"        since 2026-11-22 18:00:00 (now)",
		"    a.b/002",
		"        since 2026-11-22 18:00:00 (now)",
		"    and 1,987 more like these",
		"7 files: mobi 3: The json file does not validate the json schema",
		"    correct the members it names (sessiond schema prints the rules), or delete the file",
		"a.b/097: mobi 2: The json file is not correctly formed: line 97",
		"    since 2026-11-22 18:00:00 (now): correct the JSON at that place, or delete the file",
		"a.b/098: mobi 2: The json file is not correctly formed: line 98",
		"    since 2026-11-22 18:00:00 (now): correct the JSON at that place, or delete the file",
		"a.b/099: mobi 2: The json file is not correctly formed: line 99",
		"    since 2026-11-22 18:00:00 (now): correct the JSON at that place, or delete the file",
		"sessiond rejected lists all of them",
	), "\n"))
}

// Files that are wrong in ways of their own are a group by their error, each with what is
// wrong with it.
func TestDrawManyDifferentSymptoms(t *testing.T) {
	var s api.Status
	for i := range api.MaxListed {
		s.Errors = append(s.Errors, session.ActiveError{Problem: *session.NewProblem(anna, session.CodeSyntax, fmt.Sprintf("line %d", i)), Since: today()})
	}
	s.Rejected = 1021
	s.RejectedByCode = []session.CodeCount{{ErrCode: session.CodeSyntax, Files: s.Rejected}}
	got := drawn(t, false, func(p *page) { p.status(&s) })
	for _, want := range []string{
		"\n1,021 files: mobi 2: The json file is not correctly formed\n    correct the JSON at that place, or delete the file\n    " + anna.String() + ": line 0\n",
		"\n    and 1,018 more like these\nsessiond rejected lists all of them\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	s.Errors, s.Rejected = s.Errors[:4], 4
	for i := range s.Errors {
		s.Errors[i].Detail = "line 7"
	}
	s.RejectedByCode[0].Files = 4
	got = drawn(t, false, func(p *page) { p.status(&s) })
	if want := "\n4 files: mobi 2: The json file is not correctly formed: line 7\n"; !strings.Contains(got, want) || strings.Count(got, "line 7") != 1 {
		t.Errorf("no %q, once, in\n%s", want, got)
	}
}

// What is alike of folders is told once, too.
func TestDrawManyFolders(t *testing.T) {
	var s api.Status
	for _, app := range []string{"a.a", "a.b", "a.c", "a.d"} {
		shut := *session.NewFileProblem(session.Key{App: app}, syscall.EACCES)
		s.Errors = append(s.Errors, session.ActiveError{Problem: shut, Since: today()})
		s.Unsettled = append(s.Unsettled, session.Unsettled{Session: shut.Session, Since: today(), Reason: session.ReasonUnreadable})
	}
	s = counted(s)
	got := drawn(t, false, func(p *page) { p.status(&s) })
	want := "\n4 folders: permission denied (errno 13): the app folder cannot be read\n    give the daemon's user that right: see Permissions in docs/OPERATIONS.md\n    a.a/ (the whole folder)\n"
	if !strings.Contains(got, want) {
		t.Errorf("no %q in\n%s", want, got)
	}
}

// Whose file it was, and when it was modified.
func TestDrawWhoseFile(t *testing.T) {
	s := counted(api.Status{Passes: 1, Errors: []session.ActiveError{{
		Problem: *session.NewProblem(anna, session.CodeSyntax, "line 7"), Since: today(), Modified: session.FileTime(started().UnixNano()),
		LastKnown: &session.LastKnown{Email: "anna@example.com"},
	}}})
	want := "\n    last known: anna@example.com\n    since 2026-11-22 18:00:00 (now), file modified 2026-11-22 09:00:00: correct the JSON"
	if got := drawn(t, false, func(p *page) { p.status(&s) }); !strings.Contains(got, want) {
		t.Errorf("no %q in\n%s", want, got)
	}
}

// Which valid files are not in memory, and how many sessions are pending.
func TestDrawWhatIsNotInMemory(t *testing.T) {
	s := api.Status{
		Passes: 1, Sessions: 1203, Pending: 12, NotInMemory: 5,
		NotInMemoryFiles: []session.UnadmittedFile{{Session: bob, Since: today()}, {Session: anna, Since: started()}},
	}
	got := drawn(t, false, func(p *page) { p.status(&s) })
	for _, want := range []string{
		"\n5 valid files are not in memory, the first since 2026-11-22 09:00:00 (9 hours ago)\n" + bob.String() + "\n" + anna.String() +
			"\nand 3 more; sessiond list --not-in-memory names all of them\nTo admit them: open --all, or run with --admit follow.\n",
		"\nSessions      1,203 in memory, 12 of them pending, 5 valid files not in memory\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// What the last pass left open is told with what is open now.
func TestDrawWhatTheLastPassLeftOpen(t *testing.T) {
	for _, tc := range []struct {
		name      string
		then, now int
		want      string
	}{
		{"nothing", 0, 1, ""},
		{"settled", 2, 0, "  2 were still being written; since judged\n"},
		{"open", 2, 2, "  2 were still being written, 2 now\n"},
		{"partly", 3, 1, "  3 were still being written, 1 now\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := api.Status{LastPass: &session.PassSummary{}}
			s.LastPass.InMotion, s.InMotion = tc.then, tc.now
			same(t, drawn(t, false, func(p *page) {
				for _, row := range p.lastPass(&s)[2:] {
					p.table([][]cell{row})
				}
			}), tc.want)
		})
	}
}

// The numbers of a report add up.
func TestDrawCounts(t *testing.T) {
	for want, c := range map[string]session.Counts{
		"6 files checked: 5 unchanged, 1 not judged":          {Checked: 6, Unchanged: 5},
		"1 file checked: 1 not judged":                        {Checked: 1},
		"2 files checked: 1 admitted, 1 rejected":             {Checked: 2, Admitted: 1, Rejected: 1},
		"1 file checked: 1 unchanged; 1 removed from memory":  {Checked: 1, Unchanged: 1, Removed: 1},
		"0 files checked; 3 removed from memory":              {Removed: 3},
		"1,204 files checked: 4 updated, 1,200 not in memory": {Checked: 1204, Updated: 4, NotInMemory: 1200},
	} {
		same(t, counts(&session.PassSummary{Counts: c}), want)
	}
}

func TestDrawStatusOfAYoungDaemon(t *testing.T) {
	s := api.Status{
		PID: 1, StartedAt: today(), Root: "/x", Admit: "follow",
		Watch: api.Watch{Mode: "events", Watches: 1}, Revision: 1,
	}
	same(t, drawn(t, false, func(p *page) { p.status(&s) }), text(
		"Starting: the sessions are being loaded.",
		"0 sessions in memory, watching 1 folder.",
		"",
		"Daemon        sessiond, process 1, runs since 2026-11-22 18:00:00 (now)",
		"Root          /x",
		"Admission     follow (every valid file, at every pass)",
		"Watching      events, 1 folder watched",
		"Sessions      0 in memory",
		"Now           idle, 0 passes so far; revision 1",
		"Last success  never: no pass could judge all it looked at yet",
	))
}
