package replica

import (
	"iter"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// contents says what is in the log.
type contents struct {
	sum      Sum
	sessions int
	omitted  int // sessions and errors that are too large
}

// writer makes messages of what a view shows, and counts what is in the log then.
type writer struct {
	contents
	maxPayload int
}

// headerRoom is what the headers of a message may take: they count to its size.
const headerRoom = 2 << 10

// session returns the message of a session; ok is false where it is too large.
func (w *writer) session(l session.Loaded) (m Message, ok bool) {
	text, err := encodeSession(l)
	return w.message(kindSession, HashOf(l.Key()), text, l.Revision, err)
}

func (w *writer) problem(e *session.ActiveError) (m Message, ok bool) {
	text, err := encodeProblem(e)
	return w.message(kindProblem, HashOf(e.Session), text, 0, err)
}

// message returns a message. What cannot be encoded, which no valid file has, is left out
// like what is too large.
func (w *writer) message(k kind, h Hash, text []byte, revision uint64, err error) (Message, bool) {
	if err != nil || len(text) > w.maxPayload-headerRoom {
		return Message{}, false
	}
	digest := DigestOf(h, text)
	return Message{Key: k.key(h), Payload: text, Digest: &digest, Revision: revision}, true
}

// add counts what is in the log with a message, remove what is there without it. ok is
// what came with the message.
func (w *writer) add(k kind, m *Message, ok bool) { w.count(k, m, ok, 1, Sum.Plus) }

func (w *writer) remove(k kind, m *Message, ok bool) { w.count(k, m, ok, -1, Sum.Minus) }

func (w *writer) count(k kind, m *Message, ok bool, n int, sum func(s, t Sum) Sum) {
	if !ok {
		w.omitted += n
		return
	}
	w.sum = sum(w.sum, *m.Digest)
	if k == kindSession {
		w.sessions += n
	}
}

// tombstone returns the message that removes a key.
func tombstone(k kind, h Hash, reason string, revision uint64) Message {
	return Message{Key: k.key(h), Removed: true, Reason: reason, Revision: revision}
}

// reasonOf says why a session is not in a view.
func reasonOf(v *store.View, key session.Key) string {
	if problem, found := v.Problem(key); found && problem.Rejects() {
		return session.RemovedInvalid
	}
	return session.RemovedDeleted
}

// sync yields what a log lacks that was scanned, and takes from the scan what it has.
func (w *writer) sync(s *scan, v *store.View) iter.Seq[Message] {
	return func(yield func(Message) bool) {
		// put yields a message unless the log has it.
		put := func(k kind, in map[Hash]Sum, h Hash, m Message, ok bool) bool {
			w.add(k, &m, ok)
			if !ok {
				return true // and what the log has of it is removed
			}
			had, in1 := in[h]
			delete(in, h)
			return in1 && had == *m.Digest || yield(m)
		}
		for l := range v.All() {
			m, ok := w.session(l)
			if !put(kindSession, s.sessions, HashOf(l.Key()), m, ok) {
				return
			}
		}
		rejected := make(map[Hash]struct{})
		for e := range v.AllProblems() {
			h := HashOf(e.Session)
			if e.Rejects() {
				rejected[h] = struct{}{}
			}
			m, ok := w.problem(e)
			if !put(kindProblem, s.problems, h, m, ok) {
				return
			}
		}
		for h := range s.sessions {
			reason := session.RemovedDeleted
			if _, is := rejected[h]; is {
				reason = session.RemovedInvalid
			}
			if !yield(tombstone(kindSession, h, reason, v.Revision())) {
				return
			}
		}
		for h := range s.problems {
			if !yield(tombstone(kindProblem, h, "", v.Revision())) {
				return
			}
		}
	}
}

// difference yields what changed from one view, which the log has, to another.
func (w *writer) difference(old, now *store.View, c *changes) iter.Seq[Message] {
	return func(yield func(Message) bool) {
		for key := range sessionKeys(old, now, c) {
			if m, differs := w.changedSession(old, now, key); differs && !yield(m) {
				return
			}
		}
		for key := range problemKeys(old, now, c) {
			if m, differs := w.changedProblem(old, now, key); differs && !yield(m) {
				return
			}
		}
	}
}

func (w *writer) changedSession(old, now *store.View, key session.Key) (m Message, differs bool) {
	before, had := old.Get(key)
	after, has := now.Get(key)
	if had && has && before.Session == after.Session && before.Modified.Equal(after.Modified) || !had && !has {
		return Message{}, false
	}
	var was Message
	var wasIn, isIn bool
	if had {
		was, wasIn = w.session(before)
		w.remove(kindSession, &was, wasIn)
	}
	if has {
		m, isIn = w.session(after)
		w.add(kindSession, &m, isIn)
	}
	switch {
	case isIn && wasIn && *was.Digest == *m.Digest, !isIn && !wasIn:
		return Message{}, false
	case isIn:
		return m, true
	}
	return tombstone(kindSession, HashOf(key), reasonOf(now, key), now.Revision()), true
}

func (w *writer) changedProblem(old, now *store.View, key session.Key) (m Message, differs bool) {
	before, had := old.Problem(key)
	after, has := now.Problem(key)
	var was Message
	var wasIn, isIn bool
	if had {
		was, wasIn = w.problem(&before)
		w.remove(kindProblem, &was, wasIn)
	}
	if has {
		m, isIn = w.problem(&after)
		w.add(kindProblem, &m, isIn)
	}
	switch {
	case isIn && wasIn && *was.Digest == *m.Digest, !isIn && !wasIn:
		return Message{}, false
	case isIn:
		return m, true
	}
	return tombstone(kindProblem, HashOf(key), "", now.Revision()), true
}

// sessionKeys yields the keys of the sessions that may differ between two views.
func sessionKeys(old, now *store.View, c *changes) iter.Seq[session.Key] {
	return func(yield func(session.Key) bool) {
		if !c.all {
			for key := range c.sessions {
				if !yield(key) {
					return
				}
			}
			return
		}
		for l := range now.All() {
			if !yield(l.Key()) {
				return
			}
		}
		for l := range old.All() {
			if _, there := now.Get(l.Key()); !there && !yield(l.Key()) {
				return
			}
		}
	}
}

// problemKeys is sessionKeys for errors.
func problemKeys(old, now *store.View, c *changes) iter.Seq[session.Key] {
	return func(yield func(session.Key) bool) {
		if !c.all {
			for key := range c.problems {
				if !yield(key) {
					return
				}
			}
			return
		}
		for e := range now.AllProblems() {
			if !yield(e.Session) {
				return
			}
		}
		for e := range old.AllProblems() {
			if _, there := now.Problem(e.Session); !there && !yield(e.Session) {
				return
			}
		}
	}
}
