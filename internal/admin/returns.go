package admin

import (
	"sync"
	"time"

	"sessiond/internal/api"
	"sessiond/internal/audit"
	"sessiond/internal/session"
)

// A session that was deleted may come back: a 4D server that has it in memory writes its
// file again.
const (
	// returnsFor is for how long after its deletion a session is watched for, and then
	// mentioned.
	returnsFor = time.Hour
	// maxWatched bounds how many deletions are remembered, as many as one request may ask
	// for; the oldest are forgotten.
	maxWatched = 20_000
)

// returns are deleted sessions that may come back, and those that did.
type returns struct {
	mu      sync.Mutex
	deleted map[session.Key]time.Time // when
	order   []session.Key             // of deleted, by time; some may be forgotten already
	back    map[session.Key]time.Time // when they came
}

// watch begins to watch for a session.
func (r *returns) watch(key session.Key, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.deleted == nil {
		r.deleted, r.back = make(map[session.Key]time.Time), make(map[session.Key]time.Time)
	}
	r.deleted[key] = now
	delete(r.back, key)
	r.order = append(r.order, key)
	for len(r.order) > 0 && (len(r.order) > maxWatched || now.Sub(r.deleted[r.order[0]]) >= returnsFor) {
		if now.Sub(r.deleted[r.order[0]]) >= returnsFor || len(r.deleted) > maxWatched {
			delete(r.deleted, r.order[0])
		}
		r.order = r.order[1:]
	}
}

// forget ends the watch for a session: it may be there. What it returns resumes the watch.
func (r *returns) forget(key session.Key) (resume func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	deleted, watched := r.deleted[key]
	back, came := r.back[key]
	delete(r.deleted, key)
	delete(r.back, key)
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if watched {
			r.deleted[key] = deleted
		}
		if came {
			r.back[key] = back
		}
	}
}

// found notes that there is a file of a session, and reports whether that one had been
// deleted a short time ago.
func (r *returns) found(key session.Key, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, ok := r.deleted[key]
	if !ok {
		return false
	}
	delete(r.deleted, key)
	if now.Sub(at) >= returnsFor {
		return false
	}
	r.back[key.Clone()] = now
	return true
}

// count returns how many came back a short time ago.
func (r *returns) count(now time.Time) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, at := range r.back {
		if now.Sub(at) >= returnsFor {
			delete(r.back, key)
		}
	}
	return len(r.back)
}

// isEmpty reports whether no session is watched for.
func (r *returns) isEmpty() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.deleted) == 0
}

// watchFor watches for a session that was deleted. The pass that was to find it gone may
// have found it there again.
func (a *Admin) watchFor(key session.Key, answer *Answer) {
	a.returns.watch(key, time.Now())
	view := a.cfg.Store.View()
	_, rejected := view.Problem(key)
	if (answer.InMemory != nil || rejected || view.IsUnadmitted(key)) && a.noteReturn(key, nil) {
		answer.Hints = append(answer.Hints, hint(api.HintReappeared, textReturned))
	}
}

const textReturned = "the file is there again: a 4D server has the session in memory still and wrote it; end the session there, too"

// noteReturns records deleted sessions whose files a pass found again.
func (a *Admin) noteReturns(o *session.Outcome) {
	if a.returns.isEmpty() {
		return
	}
	for _, c := range o.Changes {
		if now := c.Now(); now != nil {
			a.noteReturn(now.Key(), now)
		}
	}
	for _, t := range o.Unadmitted {
		if t.Now != nil {
			a.noteReturn(t.Session, nil)
		}
	}
	for _, t := range o.Problems {
		if t.Now != nil && t.Now.Rejects() {
			a.noteReturn(t.Session, nil)
		}
	}
}

func (a *Admin) noteReturn(key session.Key, s *session.Session) bool {
	if !a.returns.found(key, time.Now()) {
		return false
	}
	a.record.observe(audit.Entry{
		Actor: &audit.Actor{Via: audit.ViaFile}, Action: audit.ActionReappeared, Key: key.Clone(), After: audit.StateOf(s),
	})
	return true
}
