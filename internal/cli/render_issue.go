package cli

import (
	"cmp"
	"strings"
	"time"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// issue is one thing that is wrong or odd, as a note tells of it.
type issue struct {
	what string // a clause: "1 file is rejected"
	// grave is true where users lose something by it.
	grave bool
	todo  string // what to do, empty where the occurrences say that
	// occurrences are the files and folders it shows in, the first of total where
	// that is more.
	occurrences []occurrence
	// groups are the occurrences, those that are alike together.
	groups []group
	total  int
	rest   string // where those beyond the first are to be had
	// brief is true where each occurrence is one line: when it began matters little.
	brief bool
}

// occurrence is one file or folder that something is wrong with.
type occurrence struct {
	line  []cell
	since time.Time
	todo  string
	// failure is the error that others may have, too.
	failure *session.ActiveError
}

// problemOccurrence is the occurrence of an error.
func problemOccurrence(e *session.ActiveError) occurrence {
	return occurrence{line: problemCells(&e.Problem), since: e.Since, todo: remedy(&e.Problem), failure: e}
}

// longMotion is for how long a file may be in motion before that is odd: no
// program takes so long to save one.
const longMotion = time.Minute

// issues are what is wrong, the gravest first.
func (p *page) issues(s *api.Status) []issue {
	all := []issue{lacking(s), otherFileSystems(s), heldRemovals(s), rejectedFiles(s), unreadableFiles(s), p.restlessFiles(s), filesNotInMemory(s), lateChanges(s), otherVerdicts(s)}
	var some []issue
	for _, t := range all {
		if t.what != "" {
			some = append(some, t)
		}
	}
	return some
}

// lacking is what only the daemon knows: the hints about what is not shown in any case.
func lacking(s *api.Status) issue {
	var others []string
	for _, hint := range s.Hints {
		switch hint.Code {
		case api.HintNotInMemory, api.HintRejected, api.HintUnreadable, api.HintManyGone, api.HintDegraded, api.HintNotifyDiffers:
		default:
			others = append(others, hint.Text)
		}
	}
	return issue{what: strings.Join(others, "; "), grave: true}
}

// otherVerdicts is where a 4D server judges files otherwise.
func otherVerdicts(s *api.Status) issue {
	for _, hint := range s.Hints {
		if hint.Code == api.HintNotifyDiffers {
			return issue{what: hint.Text}
		}
	}
	return issue{}
}

func rejectedFiles(s *api.Status) issue {
	t := issue{grave: true}
	for i := range s.Errors {
		if e := &s.Errors[i]; e.Rejects() {
			t.occurrences = append(t.occurrences, problemOccurrence(e))
		}
	}
	if t.total = s.Rejected; t.total > 0 {
		t.what = count(t.total, "file is", "files are") + " rejected"
		t.groups = byCode(t.occurrences, s.RejectedByCode)
		t.rest = "sessiond rejected lists all of them"
	}
	return t
}

func unreadableFiles(s *api.Status) issue {
	t := issue{grave: true, total: s.Unreadable}
	told := map[session.Key]bool{}
	for i := range s.Errors {
		if e := &s.Errors[i]; !e.Rejects() {
			told[e.Session] = true
			if isOtherFileSystem(&e.Problem) {
				t.total--
				continue
			}
			t.occurrences = append(t.occurrences, problemOccurrence(e))
		}
	}
	for _, u := range s.Unsettled {
		if u.Reason == session.ReasonUnreadable && !told[u.Session] {
			t.occurrences = append(t.occurrences, occurrence{line: unsettledCells(u), since: u.Since})
		}
	}
	if t.total > 0 {
		t.what = count(t.total, "file or folder", "files or folders") + " cannot be read"
		t.todo = "What is in memory from there stays as it was, and the daemon retries by itself."
	}
	return t
}

// restlessFiles is what has been in motion for too long to be a save.
func (p *page) restlessFiles(s *api.Status) issue {
	var t issue
	for _, u := range s.Unsettled {
		if u.Reason == session.ReasonInMotion && p.now.Sub(u.Since) > longMotion {
			t.occurrences = append(t.occurrences, occurrence{line: unsettledCells(u), since: u.Since})
		}
	}
	if n := len(t.occurrences); n > 0 {
		t.what = count(n, "file has", "files have") + " been changing for more than a minute"
		t.todo = "Find out what keeps writing there; until it stops, what is in memory stays as it was."
	}
	return t
}

// filesNotInMemory is told with the first of these files.
func filesNotInMemory(s *api.Status) issue {
	if s.NotInMemory == 0 {
		return issue{}
	}
	t := issue{
		what:  count(s.NotInMemory, "valid file is", "valid files are") + " not in memory",
		todo:  "To admit them: " + api.AdviceNotInMemory + ".",
		rest:  "sessiond list --not-in-memory names all of them",
		total: s.NotInMemory,
		brief: true,
	}
	for _, file := range s.NotInMemoryFiles {
		t.occurrences = append(t.occurrences, occurrence{line: []cell{plain.of("%s", file.Session)}, since: file.Since})
	}
	return t
}

func lateChanges(s *api.Status) issue {
	if !s.Watch.Degraded {
		return issue{}
	}
	what := "changes are found late, since they cannot be watched"
	if s.Watch.Mode == "events" {
		what = "changes in some app folders are found late, since they cannot be watched"
	}
	return issue{
		what: what,
		todo: "The reason: " + s.Watch.Reason + ". Where that cannot be helped, --watch poll says that it is meant.",
	}
}

// shownOccurrences is how many files are shown of each issue.
const shownOccurrences = 20

// issue writes what is wrong, where, since when, and what to do, unless the
// verdict has said all of it.
func (p *page) issue(t *issue) {
	if len(t.occurrences)+len(t.groups) == 0 && t.todo == "" {
		return
	}
	tone := warn
	if t.grave {
		tone = bad
	}
	p.line()
	p.line(tone.of("%s", capital(t.what)), plain.of("%s", p.sinceFirst(t.occurrences)))
	told := p.occurrences(t)
	switch more := max(t.total, len(t.occurrences)) - told; {
	case told > 0 && more > 0:
		p.line(plain.of("and %s more; %s", comma(more), cmp.Or(t.rest, "sessiond status --output json has more of them")))
	case told > len(t.occurrences): // some of them in a group only
		p.line(plain.of("%s", t.rest))
	}
	if t.todo != "" {
		p.line(plain.of("%s", t.todo))
	}
}

// sinceFirst says since when there is any of several occurrences. That of a single
// one stands beside it.
func (p *page) sinceFirst(occurrences []occurrence) string {
	if len(occurrences) < 2 {
		return ""
	}
	first := occurrences[0].since
	for _, s := range occurrences {
		if s.since.Before(first) {
			first = s.since
		}
	}
	return ", the first since " + p.since(first)
}

func sentence(todo string) string {
	if todo == "" {
		return ""
	}
	return ": " + todo
}

// capital is a clause as the beginning of a line.
func capital(clause string) string {
	return strings.ToUpper(clause[:1]) + clause[1:]
}
