package daemon

import (
	"slices"
	"strings"

	"go.uber.org/zap"

	"sessiond/internal/logging"
	"sessiond/internal/session"
)

// removalTime is how people read when a file was changed.
const removalTime = "2006-01-02 15:04:05"

// tellRemoval says who was logged out, and why: one entry each, however many they are,
// so that the log answers for every user.
func (l *outcomeLog) tellRemoval(c session.MemoryChange, o *session.Outcome) {
	entry := l.log.Check(zap.InfoLevel, "session removed")
	if entry == nil {
		return
	}
	r := removal{
		key: c.Session.Key().Short(), details: c.Session.Details(), reason: c.Kind.Reason(),
		Removal: session.Removal{Trigger: o.Report.Trigger},
	}
	if c.Removal != nil {
		r.Removal = *c.Removal
	}
	if c.Kind == session.ChangeInvalid {
		key := c.Session.Key()
		if i, found := slices.BinarySearchFunc(o.Report.Errors, key, func(p session.Problem, key session.Key) int {
			return p.Session.Compare(key)
		}); found {
			r.error = problemText(&o.Report.Errors[i])
		}
	}
	entry.Write(append(r.fields(), zap.Uint64("pass", o.Report.Pass), logging.Sentence(r.text))...)
}

// removal is what the log tells of a removed session. It has nothing of the device
// that helps to make a token: of the ids in it, session.id is made.
type removal struct {
	session.Removal

	key     string
	details session.Details
	reason  string
	error   string // of an invalid file
}

func (r *removal) fields() []zap.Field {
	fields := []zap.Field{zap.String("session", r.key)}
	for _, text := range []struct{ name, value string }{
		{"email", r.details.Email},
		{"device", r.device()},
		{"reason", r.reason},
		{"error", r.error},
		{"trigger", string(r.Trigger)},
	} {
		if text.value != "" {
			fields = append(fields, zap.String(text.name, text.value))
		}
	}
	if !r.Modified.IsZero() {
		fields = append(fields, zap.Time("modified", r.Modified))
	}
	return fields
}

// device returns how people call the device.
func (r *removal) device() string {
	if r.details.Device.Description != "" {
		return r.details.Device.Description
	}
	return strings.TrimSpace(r.details.Device.OS + " " + r.details.Device.Version)
}

// text returns the entry for people: "removed KEY (anna@example.com, Anna's iPhone):
// its file was deleted; trigger: watch".
func (r *removal) text() string {
	var b strings.Builder
	b.WriteString("removed " + r.key)
	who := slices.DeleteFunc([]string{r.details.Email, r.device()}, func(s string) bool { return s == "" })
	if len(who) > 0 {
		b.WriteString(" (" + strings.Join(who, ", ") + ")")
	}
	switch r.reason {
	case session.RemovedDeleted:
		b.WriteString(": its file was deleted")
	default:
		b.WriteString(": its file is invalid")
		if !r.Modified.IsZero() {
			b.WriteString(", last modified " + r.Modified.Local().Format(removalTime))
		}
		if r.error != "" {
			b.WriteString(": " + r.error)
		}
	}
	b.WriteString("; trigger: " + string(r.Trigger))
	return b.String()
}
