package daemon

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"sessiond/internal/logging"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

// numberedKey is the nth key of an app folder.
func numberedKey(n int) session.Key {
	return session.Key{App: "T1.a.b", ID: fmt.Sprintf("%08dd9205074199d1c16fc00d24354e7781", n)}
}

// read returns the lines that a log has for people.
func read(t *testing.T, tell func(*outcomeLog)) []string {
	t.Helper()
	var out strings.Builder
	log, err := logging.New(logging.Options{Level: "info", Format: logging.FormatConsole, Out: &out})
	if err != nil {
		t.Fatal(err)
	}
	outcomes := newOutcomeLog(log.Logger)
	tell(outcomes)
	outcomes.end()
	log.End()
	var lines []string
	for line := range strings.Lines(out.String()) {
		lines = append(lines, strings.Join(strings.Fields(line)[2:], " ")) // without the time
	}
	return lines
}

// People read sentences.
func TestLogReadsLikeSentences(t *testing.T) {
	before := store.New(time.Unix(0, 0))
	since := time.Date(2026, 11, 22, 18, 0, 0, 0, time.Local)
	rejected := session.ActiveError{Problem: *session.NewProblem(numberedKey(1), session.CodeSchema, `/status: value must be one of "accepted", "pending"`), Since: since}
	unreadable := session.ActiveError{Problem: *session.NewFileProblem(session.Key{App: "T1.a.b"}, session.ErrIO), Since: since}
	before.Apply(session.Outcome{Problems: []session.Transition[session.ActiveError]{
		{Session: unreadable.Session, Now: &unreadable},
		{Session: numberedKey(4), Now: &session.ActiveError{Problem: *session.NewProblem(numberedKey(4), session.CodeSyntax, ""), Since: since}},
		{Session: numberedKey(5), Now: &session.ActiveError{Problem: *session.NewProblem(numberedKey(5), session.CodeSyntax, ""), Since: since}},
		{Session: numberedKey(6), Now: &session.ActiveError{Problem: *session.NewProblem(numberedKey(6), session.CodeSyntax, ""), Since: since}},
	}})
	content := `{"email":"anna@example.com","device":{"description":"Anna's iPhone","id":"0a1b2c"}}`
	outcome := session.Outcome{
		Report: session.Report{
			Pass: 7, Trigger: session.TriggerRetry, Scope: session.ScopeFull, DurationMs: 12.345678,
			Counts: session.Counts{Checked: 1200, Unchanged: 1198, Rejected: 1, Removed: 2},
			Errors: []session.Problem{rejected.Problem},
		},
		Changes: []session.MemoryChange{
			{
				Session: session.New(numberedKey(1), []byte(content), "accepted", session.Digest{}), Kind: session.ChangeInvalid,
				Removal: &session.Removal{Trigger: session.TriggerWatch, Modified: since},
			},
			{
				Session: session.New(numberedKey(2), []byte(`{"device":{"os":"iOS","version":"17"}}`), "accepted", session.Digest{}), Kind: session.ChangeDeleted,
				Removal: &session.Removal{Trigger: session.TriggerSocket},
			},
			{Session: session.New(numberedKey(3), []byte(`{}`), "accepted", session.Digest{}), Kind: session.ChangeUpdated},
		},
		Problems: []session.Transition[session.ActiveError]{
			{Session: unreadable.Session},
			{Session: numberedKey(1), Now: &rejected},
			{Session: numberedKey(4)},
			{Session: numberedKey(5), Gone: true},
			{Session: numberedKey(6), Now: &session.ActiveError{Problem: *session.NewProblem(numberedKey(6), session.CodeToken, ""), Since: since}},
			{Session: session.Key{}, Now: &session.ActiveError{Problem: *session.NewFileProblem(session.Key{}, session.ErrOtherMount), Since: since}},
		},
	}
	want := []string{
		"INFO pass 7 (full, retry): 1,200 files checked in 12.3ms: 1,198 unchanged, 1 rejected, 2 removed",
		`INFO removed T1.a.b/00000001 (anna@example.com, Anna's iPhone): its file is invalid, last modified 2026-11-22 18:00:00: mobi 3: /status: value must be one of "accepted", "pending"; trigger: watch`,
		"INFO removed T1.a.b/00000002 (iOS 17): its file was deleted; trigger: socket",
		"INFO T1.a.b/ can be judged again (it could not since 2026-11-22 18:00:00)",
		`WARN rejected T1.a.b/00000001: mobi 3: /status: value must be one of "accepted", "pending"`,
		"INFO T1.a.b/00000004 is valid again (rejected since 2026-11-22 18:00:00)",
		"INFO T1.a.b/00000005, which had an error, was deleted: mobi 2: The json file is not correctly formed",
		"WARN rejected T1.a.b/00000006 for another reason: mobi 4: Connection token is not compliant with the current information",
		"WARN cannot judge the MobileApps folder: " + fmt.Sprintf("%s (errno %d)", session.ErrOtherMount.Error(), session.ErrOtherMount) +
			": the root folder is on another mount than before, or its mount is gone; its sessions are kept",
	}
	got := read(t, func(l *outcomeLog) { l.tell(before.View(), &outcome) })
	for i := range max(len(want), len(got)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("line %d of\n%s\nwant\n%s", i, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// Each session that was removed has an entry of its own, however many they are, with
// fields to find it by. The ids that a token is made of are not among them.
func TestLogHasEachRemoval(t *testing.T) {
	const removed = 5000
	core, logs := observer.New(zapcore.InfoLevel)
	o := session.Outcome{Report: session.Report{Pass: 3, Trigger: session.TriggerSocket, Scope: session.ScopeFull}}
	for n := range removed {
		content := fmt.Sprintf(`{"email":"%d@example.com","device":{"id":"device-id","description":"phone"}}`, n)
		o.Changes = append(o.Changes, session.MemoryChange{
			Session: session.New(numberedKey(n), []byte(content), "accepted", session.Digest{}), Kind: session.ChangeDeleted,
			Removal: &session.Removal{Trigger: session.TriggerSocket},
		})
	}
	newOutcomeLog(zap.New(core)).tell(store.New(time.Unix(0, 0)).View(), &o)
	for _, field := range []zap.Field{
		zap.String("session", numberedKey(4711).Short()), zap.String("email", "4711@example.com"),
	} {
		found := logs.FilterMessage("session removed").FilterField(field).All()
		if len(found) != 1 {
			t.Fatalf("%d entries have %v, want one", len(found), field)
		}
		fields := found[0].ContextMap()
		if fields["device"] != "phone" || fields["reason"] != "deleted" || fields["trigger"] != "socket" || fields["pass"] != uint64(3) {
			t.Errorf("the entry is %v", fields)
		}
		if text := fmt.Sprint(fields); strings.Contains(text, "device-id") || strings.Contains(text, numberedKey(4711).ID) {
			t.Errorf("the entry helps to make a token: %s", text)
		}
	}
	if got := logs.FilterMessage("session removed").Len(); got != removed {
		t.Errorf("%d entries for %d removals", got, removed)
	}
}

// appear is the outcome of a pass that rejects some files.
func appear(from, to int) *session.Outcome {
	o := &session.Outcome{Report: session.Report{Trigger: session.TriggerRetry, Scope: session.ScopeFiles}}
	for n := range to - from {
		p := session.ActiveError{Problem: *session.NewProblem(numberedKey(from+n), session.CodeSchema, "")}
		o.Problems = append(o.Problems, session.Transition[session.ActiveError]{Session: p.Session, Now: &p})
	}
	return o
}

// Errors that are many are told by their number, whether one pass finds them or each of
// many passes finds some.
func TestLogOfManyErrors(t *testing.T) {
	rejections := func(lines []string) (each, sums []string) {
		for _, line := range lines {
			switch {
			case strings.HasPrefix(line, "WARN rejected "):
				each = append(each, line)
			case strings.Contains(line, "more files were rejected"):
				sums = append(sums, line)
			}
		}
		return each, sums
	}
	view := store.New(time.Unix(0, 0)).View()
	t.Run("in one pass", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			each, sums := rejections(read(t, func(l *outcomeLog) { l.tell(view, appear(0, 50_000)) }))
			if len(each) != limitLines || !slices.Equal(sums, []string{"WARN 49,980 more files were rejected: see sessiond status"}) {
				t.Errorf("%d lines, and %q", len(each), sums)
			}
		})
	})
	t.Run("in many passes", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			const passes, each = 400, 125
			lines, sums := rejections(read(t, func(l *outcomeLog) {
				for n := range passes {
					l.tell(view, appear(n*each, (n+1)*each))
					time.Sleep(100 * time.Millisecond) // 40 s in all
				}
				time.Sleep(limitTime)
			}))
			told := len(lines)
			for _, sum := range sums {
				var n int
				if _, err := fmt.Sscanf(strings.ReplaceAll(sum, ",", ""), "WARN %d", &n); err != nil {
					t.Fatal(err)
				}
				told += n
			}
			if windows := 5; len(lines) > windows*limitLines || len(sums) > 2*windows || told != passes*each {
				t.Errorf("%d lines and %q, which tell of %d files", len(lines), sums, told)
			}
		})
	})
	t.Run("after a while", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			each, sums := rejections(read(t, func(l *outcomeLog) {
				for n := range 3 {
					l.tell(view, appear(n*limitLines, (n+1)*limitLines))
					time.Sleep(limitTime + time.Second)
				}
			}))
			if len(each) != 3*limitLines || len(sums) != 0 {
				t.Errorf("%d lines, and %q", len(each), sums)
			}
		})
	})
}
