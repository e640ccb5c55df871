package cli

import (
	"fmt"
	"strings"

	"sessiond/internal/session"
)

// report writes what a pass did: a sentence, the counts, then what changed and
// what is wrong.
func (p *page) report(r *session.Report) {
	p.line(strong.of("%s", passTold(r)))
	p.line(plain.of("%s", counts(r.Counts)))
	if len(r.Changes) > 0 {
		p.title("Changes (%d)", len(r.Changes))
		p.changes(r.Changes)
	}
	if len(r.Errors) > 0 {
		p.title("Errors (%d)", len(r.Errors))
		for i := range r.Errors {
			p.line(problemCells(&r.Errors[i])...)
		}
	}
	if len(r.Unsettled) > 0 {
		p.title("Not judged yet (%d)", len(r.Unsettled))
		for _, u := range r.Unsettled {
			p.unsettled(u)
		}
	}
}

func (p *page) changes(changes []session.Change) {
	rows := make([][]cell, 0, len(changes))
	for _, c := range changes {
		rows = append(rows, []cell{actionCell(c.Action), plain.of("%s", withReason(c.Session, c.Reason))})
	}
	p.table(rows)
}

func actionCell(a session.Action) cell {
	if a == session.ActionRemoved {
		return warn.of("%s", a)
	}
	return good.of("%s", a)
}

func withReason(key session.Key, reason string) string {
	if reason == "" {
		return string(key)
	}
	return fmt.Sprintf("%s (%s)", key, reason)
}

// passTold names a pass: its number, what asked for it, how far it looked, how
// long it worked.
func passTold(r *session.Report) string {
	scope := "the whole folder"
	if r.Scope == session.ScopeFiles {
		scope = "some files"
	}
	return fmt.Sprintf("pass %d by %s over %s, took %s", r.Pass, r.Trigger, scope, milliseconds(r.DurationMs))
}

// counts names what a pass counted, and leaves out what there was none of.
func counts(c session.Counts) string {
	var b strings.Builder
	b.WriteString(count(c.Checked, "file", "files") + " checked")
	sep := ": "
	for _, part := range []struct {
		n    int
		what string
	}{
		{c.Updated, "updated"},
		{c.Unchanged, "unchanged"},
		{c.NotInMemory, "not in memory"},
		{c.Admitted, "admitted"},
		{c.Rejected, "rejected"},
		{c.Removed, "removed from memory"},
	} {
		if part.n > 0 {
			fmt.Fprintf(&b, "%s%s %s", sep, comma(part.n), part.what)
			sep = ", "
		}
	}
	return b.String()
}

// milliseconds writes a duration given in milliseconds, as reports give it.
func milliseconds(ms float64) string {
	switch {
	case ms < 10:
		return fmt.Sprintf("%.2f ms", ms)
	case ms < 1000:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f s", ms/1000)
}
