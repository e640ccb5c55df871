package daemon

import (
	"fmt"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"sessiond/internal/passes"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

// namedRemovals is how many removed sessions the line of a pass names: enough to
// know at a glance who was logged out, few enough for a line.
const namedRemovals = 5

// logState says once what the tree is without, and once that it is there; once that
// sessions are kept because the files of many are gone, and once that none are any more.
func logState(log *zap.Logger, before, now passes.State, root string) {
	switch text := rootStateText(now.Root, root); {
	case now.Root == before.Root:
	case text != "":
		log.Warn(text)
	default:
		log.Info("the root folder is there, with app folders", zap.String("root", root))
	}
	switch {
	case before.Held == 0 && now.Held > 0:
		log.Warn("the files of many sessions are gone or invalid at once: the sessions are kept for now", zap.Int("sessions", now.Held))
	case before.Held > 0 && now.Held == 0:
		log.Info("no session is kept any more because the files of many were gone")
	}
}

// logOutcome writes one line for a pass that did something or found a valid file
// that is not in memory, and one for each problem that appeared, changed or ended
// with it. Keys are shortened: a whole one is enough to make a session's token.
func logOutcome(log *zap.Logger, before *store.View, o session.Outcome) {
	level := zapcore.DebugLevel
	if len(o.Changes) > 0 || len(o.Problems) > 0 || o.NotInMemory > before.NotInMemory() || wasAskedFor(o.Report.Trigger) {
		level = zapcore.InfoLevel
	}
	if entry := log.Check(level, "pass"); entry != nil {
		entry.Write(passFields(&o)...)
	}
	for _, t := range o.Problems {
		logProblem(log, before, t)
	}
}

// wasAskedFor reports whether a person or a program waits for the pass to be
// mentioned, even if it changed nothing.
func wasAskedFor(t session.Trigger) bool {
	switch t {
	case session.TriggerStartup, session.TriggerSocket, session.TriggerSignal, session.TriggerOpen:
		return true
	default:
		return false
	}
}

func passFields(o *session.Outcome) []zap.Field {
	r := &o.Report
	fields := []zap.Field{
		zap.Uint64("pass", r.Pass),
		zap.String("trigger", string(r.Trigger)),
		zap.String("scope", string(r.Scope)),
		zap.Float64("durationMs", r.DurationMs),
		zap.Int("checked", r.Checked),
	}
	for _, count := range []struct {
		name string
		n    int
	}{
		{"updated", r.Updated},
		{"unchanged", r.Unchanged},
		{"notInMemory", r.NotInMemory},
		{"admitted", r.Admitted},
		{"rejected", r.Rejected},
		{"removed", r.Removed},
		{"unsettled", len(r.Unsettled)},
	} {
		if count.n > 0 {
			fields = append(fields, zap.Int(count.name, count.n))
		}
	}
	if removed := firstRemoved(o.Changes); len(removed) > 0 {
		fields = append(fields, zap.Strings("removedSessions", removed))
	}
	return fields
}

func firstRemoved(changes []session.MemoryChange) []string {
	var keys []string
	removed := 0
	for _, e := range changes {
		if !e.Kind.Removes() {
			continue
		}
		if len(keys) < namedRemovals {
			keys = append(keys, e.Session.Key().Short())
		}
		removed++
	}
	if more := removed - len(keys); more > 0 {
		keys = append(keys, fmt.Sprintf("and %d more", more))
	}
	return keys
}

func logProblem(log *zap.Logger, before *store.View, t session.Transition[session.ActiveError]) {
	earlier, existed := before.Problem(t.Session)
	if t.Now == nil {
		if existed {
			log.Info("problem ended", append(problemFields(&earlier.Problem), zap.Time("since", earlier.Since))...)
		}
		return
	}
	message := "problem"
	if existed {
		message = "problem changed"
	}
	log.Warn(message, problemFields(&t.Now.Problem)...)
}

func problemFields(p *session.Problem) []zap.Field {
	fields := []zap.Field{
		zap.String("session", p.Session.Short()),
		zap.String("componentSignature", p.ComponentSignature),
		zap.Int("errCode", p.ErrCode),
		zap.String("message", p.Message),
	}
	if p.Detail != "" {
		fields = append(fields, zap.String("detail", p.Detail))
	}
	return fields
}
