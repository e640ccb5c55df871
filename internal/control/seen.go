package control

import (
	"time"

	"sessiond/internal/session"
)

// Seen tells when the tokens of sessions were last accepted by the check.
type Seen interface {
	// At returns when that of a session was; the zero time where it is not known.
	At(key session.Key) time.Time
	// Since returns since when it is collected; the zero time where it is not.
	Since() time.Time
}

// neverSeen is where there is no check.
type neverSeen struct{}

func (neverSeen) At(session.Key) time.Time { return time.Time{} }
func (neverSeen) Since() time.Time         { return time.Time{} }

// requireSeen refuses a filter and an order for which more has to be known than is: who was seen before
// the times were collected was not seen to be.
func (s *Server) requireSeen(filter *session.Filter, by session.SortField) error {
	since := s.seen.Since()
	switch asked := filter.SeenBefore; {
	case asked.IsZero() && by != session.SortSeen:
	case since.IsZero():
		return badQuery("it is not collected when sessions are seen: the daemon checks no tokens")
	case !asked.IsZero() && asked.Before(since):
		return badQuery("seenBefore is %s; it may be no earlier than %s, since when it is collected when sessions are seen",
			asked.UTC().Format(time.RFC3339), since.UTC().Format(time.RFC3339))
	}
	return nil
}

// withSeen returns a session in memory as summaries show it.
func (s *Server) withSeen(l session.Loaded) session.Loaded {
	l.SeenAt = s.seen.At(l.Key())
	return l
}
