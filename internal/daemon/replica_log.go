package daemon

import (
	"time"

	"go.uber.org/zap"

	"sessiond/internal/replica"
)

// replicaLog says what has become of an authority or a follower: once when it is not well,
// once more where the reason becomes another kind of reason, and once when it is well
// again. What an engine that is away is tried for in between changes nothing, and what lasts
// less than stale-after is nothing to a follower.
//
// Its methods are called one after another.
type replicaLog struct {
	log     *zap.Logger
	refuses func() bool // whether no token is checked any more beyond the limit of what is stale

	said   condition
	losses uint64    // of these, those that were said
	since  time.Time // since when it is not well, or runs
	once   bool      // whether it was well before
}

// condition is what a line of the log is about: there is one for each.
type condition struct {
	state replica.State
	code  replica.RefusalCode
	stale replica.Staleness
	held  bool // for what would be removed
}

func newReplicaLog(log *zap.Logger, refuses func() bool) *replicaLog {
	return &replicaLog{log: log.Named("replica"), refuses: refuses, since: time.Now()}
}

// tell takes note of how the authority or the follower is now.
func (l *replicaLog) tell(s *replica.Status) {
	now := condition{s.State, s.Code, s.Stale, s.Held != replica.Removals{}}
	switch {
	case s.State == replica.StateSyncing, // live comes next, or what keeps it from that
		s.State == replica.StateFollowing && s.Code == "" && s.Reason != "": // stale comes next, or nothing
		l.log.Debug(string(s.Role)+" is "+string(s.State), zap.String("reason", s.Reason))
		return
	case s.State == replica.StateFollowing:
		now.code = "" // it still shows what was published
	}
	if now == l.said {
		return
	}
	wasWell := l.said.well()
	l.said = now
	if now.well() {
		l.tellWell(s)
		return
	}
	if wasWell {
		l.since = time.Now()
	}
	fields := l.fields(s)
	switch {
	case now.state == replica.StateWaiting:
		l.log.Info("nothing is published to followers yet: "+s.Reason, fields...)
	case s.Losses > l.losses:
		l.losses = s.Losses
		l.log.Warn(s.Reason, fields...)
	case s.Role == replica.RoleAuthority:
		l.log.Warn("nothing is published to followers: "+s.Reason, fields...)
	case now.state == replica.StateLoading:
		l.log.Warn("there is nothing to show yet: "+s.Reason, fields...)
	case now.state == replica.StateDiverged:
		l.log.Warn("what is read is not what the authority published, however often; what was read before is shown: "+s.Reason, fields...)
	case now.stale == replica.Expired && l.refuses():
		l.log.Warn("what is shown is so old that no token is checked any more: "+s.Reason, fields...)
	default:
		l.log.Warn("what is shown is old: "+s.Reason, fields...)
	}
}

// well reports whether followers see what happens.
func (c condition) well() bool {
	return c.state == replica.StateLive || c.state == replica.StateFollowing
}

func (l *replicaLog) tellWell(s *replica.Status) {
	text, fields := "publishing to followers", l.fields(s)
	if s.Role == replica.RoleFollower {
		text = "following node " + s.Head.By
	}
	if l.once {
		text += " again"
		fields = append(fields, zap.Duration("after", time.Since(l.since).Round(time.Millisecond)))
	}
	l.once = true
	l.log.Info(text, fields...)
}

// fields are what a line says beside its sentence.
func (l *replicaLog) fields(s *replica.Status) []zap.Field {
	fields := []zap.Field{zap.String("state", string(s.State))}
	if s.Code != "" {
		fields = append(fields, zap.String("code", string(s.Code)))
	}
	if s.Engine != "" {
		fields = append(fields, zap.String("engine", s.Engine))
	}
	if s.Head != nil {
		fields = append(fields, zap.Uint64("epoch", s.Head.Epoch), zap.Int("sessions", s.Head.Sessions))
	}
	if s.Role == replica.RoleFollower && s.Head != nil {
		fields = append(fields, zap.Duration("age", s.Age.Round(time.Millisecond)))
	}
	return fields
}
