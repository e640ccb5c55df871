package daemon

import (
	"fmt"

	"github.com/dustin/go-humanize"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"sessiond/internal/logging"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

// notice is a kind of line about errors.
type notice struct {
	message string // of a line about one file
	// more is the end of a line about so many more, after their number.
	more  string
	level zapcore.Level
}

// The kinds, as indices of [notices].
const (
	fileRejected = iota
	fileRejectedAgain
	fileNotJudged
	fileValid
	fileJudged
	fileDeleted
)

func notices() []notice {
	return []notice{
		fileRejected:      {"file rejected", "files were rejected: see sessiond status", zapcore.WarnLevel},
		fileRejectedAgain: {"file rejected for another reason", "files were rejected for another reason than before: see sessiond status", zapcore.WarnLevel},
		fileNotJudged:     {"cannot be judged", "files or folders cannot be judged: see sessiond status", zapcore.WarnLevel},
		fileValid:         {"file valid again", "files are valid again", zapcore.InfoLevel},
		fileJudged:        {"can be judged again", "files or folders can be judged again", zapcore.InfoLevel},
		fileDeleted:       {"file with an error deleted", "files with an error were deleted", zapcore.InfoLevel},
	}
}

// problemLog writes a line for each error that appears, changes or ends, as far as
// they are not too many of a kind.
type problemLog struct {
	log     *zap.Logger
	notices []notice
	limits  []*lineLimit
}

func newProblemLog(log *zap.Logger) problemLog {
	l := problemLog{log: log, notices: notices()}
	for _, kind := range l.notices {
		l.limits = append(l.limits, newLineLimit(func(n int) {
			log.Log(kind.level, fmt.Sprintf("%s more %s", humanize.Comma(int64(n)), kind.more))
		}))
	}
	return l
}

// tell writes what a pass changed.
func (l *problemLog) tell(before *store.View, changed []session.Transition[session.ActiveError]) {
	for _, t := range changed {
		earlier, existed := before.Problem(t.Session)
		switch {
		case t.Now == nil && !existed:
			continue
		case t.Now != nil && existed && t.Now.Problem == earlier.Problem:
			continue // the file was written again, and is as wrong as before
		}
		kind := kindOf(t, &earlier, existed)
		if !l.limits[kind].allows() {
			continue
		}
		told := &earlier
		if t.Now != nil {
			told = t.Now
		}
		fields := problemFields(&told.Problem)
		if t.Now == nil {
			fields = append(fields, zap.Time("since", earlier.Since))
		}
		l.log.Log(l.notices[kind].level, l.notices[kind].message,
			append(fields, logging.Sentence(func() string { return noticeText(kind, told) }))...)
	}
	for _, limit := range l.limits {
		limit.passEnded()
	}
}

// end tells what the limits held back.
func (l *problemLog) end() {
	for _, limit := range l.limits {
		limit.end()
	}
}

func kindOf(t session.Transition[session.ActiveError], earlier *session.ActiveError, existed bool) int {
	switch {
	case t.Now == nil && t.Gone:
		return fileDeleted
	case t.Now == nil && earlier.Rejects():
		return fileValid
	case t.Now == nil:
		return fileJudged
	case !t.Now.Rejects():
		return fileNotJudged
	case existed && earlier.Rejects():
		return fileRejectedAgain
	}
	return fileRejected
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

// noticeText returns a line about one file, for people.
func noticeText(kind int, e *session.ActiveError) string {
	subject := e.Session.Short()
	if e.Session.IsRoot() {
		subject = "the MobileApps folder"
	}
	since := e.Since.Local().Format(removalTime)
	switch kind {
	case fileRejected:
		return "rejected " + subject + ": " + problemText(&e.Problem)
	case fileRejectedAgain:
		return "rejected " + subject + " for another reason: " + problemText(&e.Problem)
	case fileNotJudged:
		return "cannot judge " + subject + ": " + problemText(&e.Problem)
	case fileValid:
		return subject + " is valid again (rejected since " + since + ")"
	case fileJudged:
		return subject + " can be judged again (it could not since " + since + ")"
	}
	return subject + ", which had an error, was deleted: " + problemText(&e.Problem)
}

// problemText returns an error without its key: "mobi 3: /status: value must be one
// of …", "permission denied (errno 13): the file cannot be read". Where there is a
// detail, it says more than the message of a mobi error.
func problemText(p *session.Problem) string {
	if p.Rejects() {
		if p.Detail != "" {
			return fmt.Sprintf("mobi %d: %s", p.ErrCode, p.Detail)
		}
		return fmt.Sprintf("mobi %d: %s", p.ErrCode, p.Message)
	}
	text := fmt.Sprintf("%s (errno %d)", p.Message, p.ErrCode)
	if p.Detail != "" {
		text += ": " + p.Detail
	}
	return text
}
