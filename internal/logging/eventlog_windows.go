package logging

import (
	"fmt"

	"github.com/coreos/go-systemd/v22/journal"
	"go.uber.org/zap/zapcore"
	"golang.org/x/sys/windows/svc/eventlog"
)

// Ids of events, one for each of their types: the source that an installation registers
// has a text for each that is the line itself.
const (
	eventInfo    = 1
	eventWarning = 2
	eventError   = 3
)

// newEventLog returns a log that goes to the event log. The source is open to the end of
// the process.
func newEventLog(level zapcore.Level, source string) (*Log, error) {
	events, err := eventlog.Open(source)
	if err != nil {
		return nil, fmt.Errorf("cannot log to the event log as %q: %w", source, err)
	}
	return newLogOf(eventLogCore(level), func(l line) error {
		switch {
		case l.priority <= journal.PriErr: // the most important have the lowest number
			return events.Error(eventError, l.text)
		case l.priority == journal.PriWarning:
			return events.Warning(eventWarning, l.text)
		}
		return events.Info(eventInfo, l.text)
	}), nil
}
