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

// withSeen returns a session in memory as summaries show it.
func (s *Server) withSeen(l session.Loaded) session.Loaded {
	l.SeenAt = s.seen.At(l.Key())
	return l
}
