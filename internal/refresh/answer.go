package refresh

import (
	"slices"

	"sessiond/internal/session"
)

// Answer is the answer to a request: the report of its first pass, completed by
// later looks at what was in motion then. It reports all of these looks as one.
type Answer struct {
	report session.Report
	motion map[session.Key]bool // what is waited for, and whether it was counted as on disk
}

// NewAnswer begins an answer with the first pass of a request.
func NewAnswer(first Result) *Answer {
	a := &Answer{report: first.ReportWithChanges(), motion: make(map[session.Key]bool)}
	for _, u := range first.Report.Unsettled {
		if u.Reason == session.ReasonInMotion {
			a.motion[u.Session] = true
		}
	}
	for _, key := range first.missing {
		if a.motion[key] {
			a.motion[key] = false
		}
	}
	// Later looks write into these, and the pass's own report stays as it is.
	a.report.Errors = slices.Clone(a.report.Errors)
	a.report.Unsettled = slices.Clone(a.report.Unsettled)
	return a
}

// Waiting reports whether anything is still in motion.
func (a *Answer) Waiting() bool { return len(a.motion) > 0 }

// Add takes a later pass: what it found about the keys that are waited for
// becomes part of the answer, as if the first look had found it.
func (a *Answer) Add(later Result) {
	if !a.Waiting() {
		return
	}
	if a.concerns(later) {
		a.report.DurationMs += later.Report.DurationMs
	}
	replaced := make(map[session.Key]bool) // what the later pass replaces
	for _, s := range later.settled {
		onDisk, waited := a.motion[s.key]
		if !waited {
			continue
		}
		delete(a.motion, s.key)
		if onDisk {
			count(&a.report.Counts, foundUnsettled, -1)
		}
		count(&a.report.Counts, s.what, 1)
		replaced[s.key] = true
		if s.what == foundCovered {
			replaced[s.key.Folder()], replaced[session.Key{}] = true, true
		}
	}
	if len(replaced) > 0 {
		a.replace(replaced, later)
	}
}

// concerns reports whether a later pass looked at anything that is waited for.
func (a *Answer) concerns(later Result) bool {
	for _, s := range later.settled {
		if _, waited := a.motion[s.key]; waited {
			return true
		}
	}
	for _, u := range later.Report.Unsettled {
		if _, waited := a.motion[u.Session]; waited {
			return true
		}
	}
	return false
}

// replace puts what a later pass says about some keys in the place of what the
// answer said. It goes through each list once: a whole tree may have settled.
func (a *Answer) replace(replaced map[session.Key]bool, later Result) {
	a.report.Unsettled = slices.DeleteFunc(a.report.Unsettled, func(u session.Unsettled) bool { return replaced[u.Session] })
	a.report.Errors = slices.DeleteFunc(a.report.Errors, func(p session.Problem) bool { return replaced[p.Session] })
	for _, u := range later.Report.Unsettled {
		if replaced[u.Session] {
			a.report.Unsettled = append(a.report.Unsettled, u)
		}
	}
	for _, p := range later.Report.Errors {
		if replaced[p.Session] {
			a.report.Errors = append(a.report.Errors, p)
		}
	}
	for _, e := range later.Changes {
		if replaced[e.Session.Key()] {
			a.report.Changes = append(a.report.Changes, e.Change())
			if e.Kind.Removes() {
				a.report.Removed++
			}
		}
	}
	a.sort()
}

func (a *Answer) sort() {
	slices.SortFunc(a.report.Changes, func(x, y session.Change) int { return x.Session.Compare(y.Session) })
	slices.SortFunc(a.report.Errors, func(x, y session.Problem) int { return x.Session.Compare(y.Session) })
	slices.SortFunc(a.report.Unsettled, func(x, y session.Unsettled) int { return x.Session.Compare(y.Session) })
}

// Report returns the answer as far as it has come.
func (a *Answer) Report() session.Report { return a.report }
