package cli

import (
	"testing"
	"time"

	"sessiond/internal/session"
)

func report() session.Report {
	return session.Report{
		Pass: 7, Trigger: session.TriggerSocket, Scope: session.ScopeFull,
		StartedAt: today().Add(-2 * time.Minute), DurationMs: 1.94,
		Counts: session.Counts{Checked: 1205, Updated: 1, Unchanged: 1200, NotInMemory: 1, Rejected: 1, Removed: 2},
		Changes: []session.Change{
			{Session: anna, Action: session.ActionUpdated},
			{Session: bob, Action: session.ActionRemoved, Reason: session.RemovedInvalid},
		},
		Errors: []session.Problem{
			{ErrCode: 13, ComponentSignature: session.ComponentFile, Message: "permission denied", Session: session.Key{App: "com.example.shut"}},
			*session.NewProblem(bob, session.CodeSchema, "/status: value must be one of \"accepted\", \"pending\""),
		},
		Unsettled: []session.Unsettled{
			{Session: session.Key{App: "com.example.shut"}, Since: today().Add(-time.Hour), Reason: session.ReasonUnreadable},
			{Session: session.Key{App: "com.example.noteam", ID: "moving\x1b[2J"}, Since: today(), Reason: session.ReasonInMotion},
		},
	}
}

func TestDrawReport(t *testing.T) {
	r := report()
	same(t, drawn(t, false, func(p *page) { p.report(&r) }), text(
		"pass 7 by socket over the whole folder, took 1.94 ms",
		"1,205 files checked: 1 updated, 1,200 unchanged, 1 not in memory, 1 rejected, 2 not judged; 2 removed from memory",
		"",
		"Changes (2)",
		"updated  UTT7VDX8W5.com.contactApp.Contact/7023d9205074199d1c16fc00d24354e778137675",
		"removed  com.example.noteam/0123456789abcdef0123456789abcdef01234567 (invalid)",
		"",
		"Errors (2)",
		"com.example.shut/ (the whole folder): permission denied (errno 13)",
		`com.example.noteam/0123456789abcdef0123456789abcdef01234567: mobi 3: The json file does not validate the json schema: /status: value must be one of "accepted", "pending"`,
		"",
		"Not judged yet (2)",
		"com.example.shut/ (the whole folder): unreadable",
		"    since 2026-11-22 17:00:00 (1 hour ago)",
		`com.example.noteam/moving\u001b[2J: in motion`,
		"    since 2026-11-22 18:00:00 (now)",
	))
}

func TestDrawQuietReport(t *testing.T) {
	r := session.Report{Pass: 1, Trigger: session.TriggerOpen, Scope: session.ScopeFiles}
	same(t, drawn(t, false, func(p *page) { p.report(&r) }), text(
		"pass 1 by open over some files, took 0.00 ms",
		"0 files checked",
	))
}
