package cli

import (
	"fmt"
	"slices"
	"syscall"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// What is kept on purpose: where a mount came or went, and where many sessions would
// go at once though nobody asked for it (refresh contract, section 3).
const (
	adviceMount = "The sessions are kept as they were, and edits are not seen. Mount what was there before; " +
		"to go on with what is there now: sessiond refresh --take-root."
	adviceManyGone = "Their sessions are kept until nothing has come back or appeared there for --settle-many (10s by default). " +
		"Put the files back, or wait; where they are meant to go: sessiond refresh by an administrator, which makes it count at once."
)

// isOtherFileSystem reports whether a problem is that of a mount that came or went.
func isOtherFileSystem(p *session.Problem) bool {
	return !p.Rejects() && syscall.Errno(p.ErrCode) == session.ErrOtherMount
}

// otherFileSystems is what is on another mount than before.
func otherFileSystems(s *api.Status) issue {
	t := issue{grave: true}
	for i := range s.Errors {
		if e := &s.Errors[i]; isOtherFileSystem(&e.Problem) {
			t.occurrences = append(t.occurrences, occurrence{line: problemCells(&e.Problem), since: e.Since})
			if e.Session.IsRoot() {
				t.what = "another file system is mounted at the MobileApps folder, or its mount is gone"
			}
		}
	}
	if n := len(t.occurrences); n > 0 {
		if t.what == "" {
			t.what = "another file system is mounted at " + count(n, "app folder", "app folders") + ", or the mount there is gone"
		}
		t.todo = adviceMount
	}
	return t
}

// heldRemovals is what the brake on mass removals keeps.
func heldRemovals(s *api.Status) issue {
	t := issue{grave: true, total: s.ManyGone}
	for _, u := range s.Unsettled {
		if u.Reason == session.ReasonManyGone {
			t.occurrences = append(t.occurrences, occurrence{line: unsettledCells(u), since: u.Since})
		}
	}
	if t.total > 0 {
		t.what, t.todo = manyGone(t.total), adviceManyGone
	}
	return t
}

func manyGone(n int) string {
	return fmt.Sprintf("many files went or became invalid at once, and %s held back", count(n, "removal is", "removals are"))
}

// kept says of a report what it kept on purpose, and what to do.
func (p *page) kept(r *session.Report) {
	if n := session.CountUnsettled(r.Unsettled).ManyGone; n > 0 {
		p.line()
		p.line(warn.of("%s.", capital(manyGone(n))))
		p.line(plain.of("%s", adviceManyGone))
	}
	if slices.ContainsFunc(r.Errors, func(e session.Problem) bool { return isOtherFileSystem(&e) }) {
		p.line()
		p.line(warn.of("Another file system is mounted there, or the mount is gone."))
		p.line(plain.of("%s", adviceMount))
	}
}
