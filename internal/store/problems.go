package store

import (
	"sessiond/internal/session"
)

// applyProblems applies what appeared, changed and ended among the errors.
func (s *Store) applyProblems(all []session.Transition[session.ActiveError]) {
	for _, t := range all {
		var old *session.ActiveError
		if t.Now == nil {
			old, _ = s.problems.drop(t.Session)
		} else {
			old, _ = s.problems.put(t.Session, t.Now)
		}
		s.addCounts(t.Session.App, countProblem(t.Now).minus(countProblem(old)))
		s.totals = s.totals.plus(countProblem(t.Now)).minus(countProblem(old))
		s.codes.add(t.Now, 1)
		s.codes.add(old, -1)
	}
}

// applyUnsettled applies what became unsettled, for another reason, or settled.
func (s *Store) applyUnsettled(all []session.Transition[session.Unsettled]) {
	for _, t := range all {
		var old session.Unsettled
		if t.Now == nil {
			old, _ = s.unsettled.drop(t.Session)
		} else {
			old, _ = s.unsettled.put(t.Session, *t.Now)
			s.reasons.Add(t.Now.Reason, 1)
		}
		s.reasons.Add(old.Reason, -1)
	}
}

// applyUnadmitted applies which valid files are without a session.
func (s *Store) applyUnadmitted(all []session.Transition[session.UnadmittedFile]) {
	for _, t := range all {
		if t.Now == nil {
			s.unadmitted.drop(t.Session)
		} else {
			s.unadmitted.put(t.Session, *t.Now)
		}
	}
}

// Problem returns the current error about exactly this key.
func (v *View) Problem(key session.Key) (session.ActiveError, bool) {
	found, ok := v.problems.get(key)
	if !ok {
		return session.ActiveError{}, false
	}
	return *found, true
}

// Problems returns current errors in the order of [session.Key.CompareReach]. It begins after a key, or with the first where
// that is nil, and returns limit of them at most, all where limit is 0; never nil.
func (v *View) Problems(after *session.Key, limit int) []session.ActiveError {
	page := make([]session.ActiveError, 0, pageSize(v.problems.len(), limit))
	v.problems.after(after, func(p *session.ActiveError) bool {
		page = append(page, *p)
		return len(page) != limit
	})
	return page
}

// Unsettled is Problems for what has no verdict yet.
func (v *View) Unsettled(after *session.Key, limit int) []session.Unsettled {
	page := make([]session.Unsettled, 0, pageSize(v.unsettled.len(), limit))
	v.unsettled.after(after, func(u session.Unsettled) bool {
		page = append(page, u)
		return len(page) != limit
	})
	return page
}

// pageSize returns how many of n values a page has at most.
func pageSize(n, limit int) int {
	if limit == 0 {
		return n
	}
	return min(n, limit)
}

// CountProblems returns how many current errors there are.
func (v *View) CountProblems() int { return v.problems.len() }

// codeCounts counts rejected files by the number of their mobi error.
type codeCounts [session.CodeToken + 1]int

func (c *codeCounts) add(p *session.ActiveError, n int) {
	if p != nil && p.Rejects() && p.ErrCode > 0 && p.ErrCode < len(c) {
		c[p.ErrCode] += n
	}
}

// RejectedByCode returns how many files are rejected for each mobi error that there is,
// in ascending order; never nil.
func (v *View) RejectedByCode() []session.CodeCount {
	counts := []session.CodeCount{}
	for code, files := range v.codes {
		if files > 0 {
			counts = append(counts, session.CodeCount{ErrCode: session.Code(code), Files: files})
		}
	}
	return counts
}

// CountUnsettled returns how much has no verdict yet, by reason.
func (v *View) CountUnsettled() session.UnsettledCounts { return v.reasons }

// Totals returns the counts of all app folders together.
func (v *View) Totals() AppCounts { return v.totals }

// IsUnsettled reports whether a session file has no verdict: the file itself, its app
// folder or the root is unsettled.
func (v *View) IsUnsettled(key session.Key) bool {
	for _, about := range []session.Key{key, key.Folder(), {}} {
		if _, is := v.unsettled.get(about); is {
			return true
		}
	}
	return false
}
