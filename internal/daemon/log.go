package daemon

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/dustin/go-humanize/english"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"sessiond/internal/logging"
	"sessiond/internal/passes"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

// logState says once what the tree is without, and once that it is there; once where it
// holds only links; once that sessions are kept because the files of many are gone, and
// once that none are any more.
func logState(log *zap.Logger, before, now passes.State, root string) {
	switch text := rootStateText(now.Root, root); {
	case now.Root == before.Root:
	case text != "":
		log.Warn(text)
	default:
		log.Info("the root folder is there, with app folders", zap.String("root", root))
	}
	if text := linkedText(now.Linked, root); text != "" && now.Linked != before.Linked {
		log.Warn(text)
	}
	switch {
	case before.Held == 0 && now.Held > 0:
		log.Warn("the files of many sessions are gone or invalid at once: the sessions are kept for now", zap.Int("sessions", now.Held))
	case before.Held > 0 && now.Held == 0:
		log.Info("no session is kept any more because the files of many were gone")
	}
}

// outcomeLog tells the log what passes did. Keys are shortened: a whole one is enough
// to make a session's token.
type outcomeLog struct {
	log      *zap.Logger
	problems problemLog
}

func newOutcomeLog(log *zap.Logger) *outcomeLog {
	return &outcomeLog{log, newProblemLog(log)}
}

// tell writes one line for a pass that did something or found a valid file that is
// not in memory, one for each session that it removed, and one for each error that
// appeared, changed or ended with it, as far as these are not too many.
func (l *outcomeLog) tell(before *store.View, o *session.Outcome) {
	level := zapcore.DebugLevel
	if len(o.Changes) > 0 || len(o.Problems) > 0 || o.NotInMemory > before.NotInMemory() || wasAskedFor(o.Report.Trigger) {
		level = zapcore.InfoLevel
	}
	if entry := l.log.Check(level, "pass"); entry != nil {
		entry.Write(passFields(o)...)
	}
	for _, c := range o.Changes {
		if c.Kind.Removes() {
			l.tellRemoval(c, o)
		}
	}
	l.problems.tell(before, o.Problems)
}

// end tells what was not told yet.
func (l *outcomeLog) end() { l.problems.end() }

// wasAskedFor reports whether a person or a program waits for the pass to be
// mentioned, even if it changed nothing.
func wasAskedFor(t session.Trigger) bool {
	switch t {
	case session.TriggerStartup, session.TriggerSocket, session.TriggerSignal, session.TriggerOpen, session.TriggerEdit:
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
		zap.Float64("durationMs", math.Round(r.DurationMs*1000)/1000),
		zap.Int("checked", r.Checked),
	}
	counts := passCounts(r)
	for _, count := range counts {
		fields = append(fields, zap.Int(count.name, count.n))
	}
	return append(fields, logging.Sentence(func() string { return passText(r, counts) }))
}

// passCount is one count of a pass that is not 0.
type passCount struct {
	name, text string
	n          int
}

func passCounts(r *session.Report) []passCount {
	var counts []passCount
	for _, count := range []passCount{
		{"updated", "updated", r.Updated},
		{"unchanged", "unchanged", r.Unchanged},
		{"notInMemory", "not in memory", r.NotInMemory},
		{"admitted", "admitted", r.Admitted},
		{"rejected", "rejected", r.Rejected},
		{"removed", "removed", r.Removed},
		{"unsettled", "not judged", len(r.Unsettled)},
	} {
		if count.n > 0 {
			counts = append(counts, count)
		}
	}
	return counts
}

// passText returns what a pass did, for people: "pass 7 (full, socket): 4 files
// checked in 1.94ms: 1 updated, 3 unchanged".
func passText(r *session.Report, counts []passCount) string {
	scope := ""
	if r.Scope == session.ScopeFull {
		scope = "full, "
	}
	took := time.Duration(r.DurationMs * float64(time.Millisecond))
	text := fmt.Sprintf("pass %d (%s%s): %s checked in %s", r.Pass, scope, r.Trigger,
		english.Plural(r.Checked, "file", "files"), logging.FormatDuration(took))
	words := make([]string, len(counts))
	for i, count := range counts {
		words[i] = humanize.Comma(int64(count.n)) + " " + count.text
	}
	if len(words) > 0 {
		text += ": " + strings.Join(words, ", ")
	}
	return text
}
