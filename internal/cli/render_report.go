package cli

import (
	"fmt"

	"sessiond/internal/session"
)

// report writes what a pass did: a sentence, the counts, then what changed and
// what is wrong.
func (p *page) report(r *session.Report) {
	s := r.Summary()
	p.line(strong.of("%s", passTold(&s)))
	p.line(plain.of("%s", counts(&s)))
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
	p.kept(r)
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
		return key.String()
	}
	return fmt.Sprintf("%s (%s)", key, reason)
}

// passTold names a pass: its number, what asked for it, how far it looked, how
// long it worked.
func passTold(r *session.PassSummary) string {
	scope := "the whole folder"
	if r.Scope == session.ScopeFiles {
		scope = "some files"
	}
	return fmt.Sprintf("pass %d %s over %s, took %s", r.Pass, cause(r.Trigger), scope, milliseconds(r.DurationMs))
}

// cause names what asked for a pass.
func cause(t session.Trigger) string {
	if t == session.TriggerRetry {
		return "confirmed by a second check"
	}
	return fmt.Sprintf("by %s", t)
}

// counts names what a pass counted.
func counts(r *session.PassSummary) string { return countsWith(r, notJudged(r.Counts)) }

// countsWith is counts with another number of those that were not judged.
func countsWith(r *session.PassSummary, notJudged int) string {
	text := sum(r.Checked, []part{
		{r.Updated, "updated"},
		{r.Unchanged, "unchanged"},
		{r.NotInMemory, "not in memory"},
		{r.Admitted, "admitted"},
		{r.Rejected, "rejected"},
		{notJudged, "not judged"},
	})
	// What was removed may count among the rejected, or be no file any more.
	if r.Removed > 0 {
		text += "; " + comma(r.Removed) + " removed from memory"
	}
	return text
}

// notJudged is how many of the files that were checked have no verdict (refresh
// contract, section 3).
func notJudged(c session.Counts) int {
	return c.Checked - c.Updated - c.Unchanged - c.NotInMemory - c.Admitted - c.Rejected
}

// part is a number of files and what became of them.
type part struct {
	n    int
	what string
}

// sum is how many files were checked and what became of them, without what
// there was none of.
func sum(checked int, parts []part) string {
	text, sep := count(checked, "file", "files")+" checked", ": "
	for _, p := range parts {
		if p.n > 0 {
			text += sep + comma(p.n) + " " + p.what
			sep = ", "
		}
	}
	return text
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
