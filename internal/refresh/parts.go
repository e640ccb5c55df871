package refresh

import (
	"maps"
	"slices"

	"sessiond/internal/session"
)

// Parts are what the last pass came to, key by key: requests that waited for the same
// pass each hear of their own keys.
type Parts struct {
	memory *Memory
	whole  Result
	byKey  map[session.Key]*passResult
}

// Parts takes apart the result of the last pass. The parts hold until the next one.
func (m *Memory) Parts(last Result) *Parts {
	p := &Parts{memory: m, whole: last, byKey: make(map[session.Key]*passResult)}
	for _, c := range last.Changes {
		t := p.of(c.Session.Key())
		t.changes = append(t.changes, c)
	}
	for _, e := range last.Report.Errors {
		t := p.of(e.Session)
		t.errors = append(t.errors, e)
	}
	for _, u := range last.Report.Unsettled {
		t := p.of(u.Session)
		t.unsettled = append(t.unsettled, u)
	}
	for _, key := range last.missing {
		t := p.of(key)
		t.missing = append(t.missing, key)
	}
	return p
}

func (p *Parts) of(key session.Key) *passResult {
	t := p.byKey[key]
	if t == nil {
		t = &passResult{}
		p.byKey[key] = t
	}
	return t
}

// Of returns what the pass came to for files that it was to look at, as if it had been
// asked for these alone. What is said of their folders and of the root is said of
// them, too.
func (p *Parts) Of(files ...session.Key) Result {
	keys := map[session.Key]bool{{}: true}
	for _, key := range files {
		keys[key], keys[key.Folder()] = true, true
	}
	sum := &passResult{}
	for _, key := range slices.SortedFunc(maps.Keys(keys), session.Key.Compare) {
		t := p.byKey[key]
		if t != nil {
			sum.merge(t)
		}
		if key.IsFile() {
			p.count(key, t, &sum.counts)
		}
	}
	report := p.whole.Report
	report.Scope = session.ScopeFiles
	r := sum.result(report)
	r.NotInMemory = p.whole.NotInMemory
	return r
}

// OfRemoved is Of for the files of the sessions that the request named by the time of
// their removal.
func (p *Parts) OfRemoved() Result { return p.Of(p.whole.reopened...) }

// count counts what the look at a file came to. What the pass does not tell of is as
// the memory has it.
func (p *Parts) count(key session.Key, t *passResult, c *session.Counts) {
	if t != nil {
		for _, change := range t.changes {
			c.Removed += toInt(change.Kind.Removes())
		}
		switch {
		case len(t.missing) > 0:
			return
		case len(t.unsettled) > 0:
			count(c, foundUnsettled, 1)
			return
		case len(t.errors) > 0:
			count(c, foundRejected, 1)
			return
		case len(t.changes) > 0:
			switch t.changes[len(t.changes)-1].Kind {
			case session.ChangeAdmitted:
				count(c, foundAdmitted, 1)
			case session.ChangeUpdated:
				count(c, foundUpdated, 1)
			case session.ChangeDeleted, session.ChangeInvalid:
			}
			return
		}
	}
	if p.isCovered(key) {
		return
	}
	a := p.memory.apps[key.App]
	if a == nil {
		return
	}
	switch f := a.files.byID[key.ID]; {
	case f == nil:
	case f.session != nil:
		count(c, foundUnchanged, 1)
	case f.isNotInMemory():
		count(c, foundNotInMemory, 1)
	}
}

// isCovered reports whether nothing can be said of a file, because its folder or the
// root could not be judged.
func (p *Parts) isCovered(key session.Key) bool {
	for _, above := range []session.Key{key.Folder(), {}} {
		if t := p.byKey[above]; t != nil && len(t.unsettled) > 0 {
			return true
		}
	}
	return false
}
