package logging

import (
	"fmt"
	"os"
	"time"

	"github.com/coreos/go-systemd/v22/journal"
	"go.uber.org/zap/zapcore"
)

// isJournal reports whether the output goes to systemd's journal, which then gets
// fields of its own as well.
func isJournal(out *os.File) bool {
	if out != os.Stderr {
		return false
	}
	connected, err := journal.StderrIsJournalStream()
	return connected && err == nil
}

// identifier is the name under which journalctl --identifier finds the lines.
const identifier = "sessiond"

// journalNames returns the fields of a log line that are fields of the journal, too,
// for journalctl to find lines by, with their names there.
func journalNames() map[string]string {
	return map[string]string{
		"session": "SESSION", "device": "DEVICE", "email": "EMAIL", "reason": "REASON",
		"modified": "MODIFIED", "trigger": "TRIGGER", "pass": "PASS",
	}
}

// journalLine returns an encoder of lines for the journal.
func journalLine() encode {
	names := journalNames()
	return func(entry zapcore.Entry, all []zapcore.Field) (line, error) {
		l := line{
			text:     withStack(textOf(entry, all), entry),
			priority: priorityOf(entry.Level),
			fields:   []field{{"SYSLOG_IDENTIFIER", identifier}},
		}
		code := ""
		for _, f := range all {
			switch name := names[f.Key]; {
			case name != "":
				l.fields = append(l.fields, field{name, journalValue(f)})
			case f.Key == "componentSignature":
				code = map[string]string{"mobi": "MOBI_CODE", "file": "ERRNO"}[f.String]
			case f.Key == "errCode" && code != "":
				l.fields = append(l.fields, field{code, fmt.Sprint(f.Integer)})
			}
		}
		return l, nil
	}
}

func journalValue(f zapcore.Field) string {
	value := valueIn(f)
	if t, ok := value.(time.Time); ok {
		return t.UTC().Format(isoTime)
	}
	return fmt.Sprint(value)
}

func priorityOf(level zapcore.Level) journal.Priority {
	switch level {
	case zapcore.DebugLevel:
		return journal.PriDebug
	case zapcore.InfoLevel:
		return journal.PriInfo
	case zapcore.WarnLevel:
		return journal.PriWarning
	case zapcore.ErrorLevel:
		return journal.PriErr
	default: // a panic
		return journal.PriCrit
	}
}

// send sends a line to the journal. It blocks while the journal is busy.
func send(l line) error {
	fields := make(map[string]string, len(l.fields))
	for _, f := range l.fields {
		fields[f.name] = f.value
	}
	return journal.Send(l.text, l.priority, fields)
}
