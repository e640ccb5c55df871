// Package logging makes sessiond's logger: fields for systemd's journal, JSON lines
// for programs, plain lines for people, chosen by where the log goes. There is no
// sampling, since no line is repeated, and no caller; only a panic has a stack
// trace.
package logging

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"golang.org/x/term"
)

// Formats of the log.
const (
	FormatAuto    = "auto" // the journal's own or console where the log goes there or to a terminal, otherwise json
	FormatJSON    = "json"
	FormatConsole = "console"
)

// Options says what is logged, how and where.
type Options struct {
	Level  string // debug, info, warn or error
	Format string // auto, json or console
	Out    io.Writer
	// Color lets console lines for a terminal have colour. It is false where
	// the environment has NO_COLOR.
	Color bool
	// EventLog is the source by which lines go to the event log of Windows and not to Out:
	// warnings, errors, and what is logged by the name [Lifecycle]. Empty for Out.
	EventLog string
}

// Lifecycle is the name of the logger by which a daemon tells of its start and its end.
const Lifecycle = "lifecycle"

// levels are the names that Options.Level knows.
func levels() map[string]zapcore.Level {
	return map[string]zapcore.Level{
		"debug": zapcore.DebugLevel, "info": zapcore.InfoLevel, "warn": zapcore.WarnLevel, "error": zapcore.ErrorLevel,
	}
}

// Log is a logger with the queue that it writes through.
type Log struct {
	*zap.Logger

	queue *queue
}

// New returns a log that writes each entry to o.Out, one line each, in their order;
// safe for concurrent use. Nothing that is logged waits for it to be written, in no
// format: lines beyond 16 MiB that nobody takes are lost, the oldest first, and a line
// says how many. Who makes a log must end it.
func New(o Options) (*Log, error) {
	level, ok := levels()[o.Level]
	if !ok {
		return nil, fmt.Errorf("cannot log at level %q: it is none of debug, info, warn, error", o.Level)
	}
	if o.EventLog != "" {
		return newEventLog(level, o.EventLog)
	}
	if o.Out == nil {
		return nil, errors.New("cannot log: there is no writer")
	}
	file, isFile := o.Out.(*os.File)
	if o.Format == FormatAuto && isFile && isJournal(file) {
		return newLog(level, journalLine(), send), nil
	}
	terminal := isTerminal(o.Out)
	var format encode
	switch {
	case o.Format == FormatConsole, o.Format == FormatAuto && terminal:
		// A Windows console shows colours only to programs that ask it to.
		format = consoleLine(o.Color && terminal && runtime.GOOS != "windows")
	case o.Format == FormatJSON, o.Format == FormatAuto:
		format = jsonLine()
	default:
		return nil, fmt.Errorf("cannot log in format %q: it is none of auto, json, console", o.Format)
	}
	return newLog(level, format, func(l line) error {
		_, err := io.WriteString(o.Out, l.text)
		return err
	}), nil
}

func newLog(level zapcore.Level, format encode, write func(line) error) *Log {
	return newLogOf(core{LevelEnabler: level, encode: format}, write)
}

// newLogOf returns a log whose core gets its queue.
func newLogOf(c core, write func(line) error) *Log {
	c.queue = newQueue(write, func(lost uint64) line { return lossLine(c.encode, lost) })
	return &Log{zap.New(c, zap.AddStacktrace(zapcore.PanicLevel)), c.queue}
}

// lossLine tells of lost lines, whatever the level of the log is.
func lossLine(format encode, lost uint64) line {
	text := fmt.Sprintf("%d lines of the log were lost: it is read too slowly, or could not be written", lost)
	if lost == 1 {
		text = strings.Replace(text, "lines of the log were", "line of the log was", 1)
	}
	entry := zapcore.Entry{Level: zapcore.WarnLevel, Time: time.Now(), Message: text}
	l, err := format(entry, []zapcore.Field{zap.Uint64("lines", lost), Sentence(func() string { return text })})
	if err != nil {
		return line{text: text + "\n"}
	}
	return l
}

// End writes what is queued, as far as it is taken within a second: at least the last
// lines, where the reader is slow. It reports whether they were taken; where not, a
// write to the same place would wait, too.
func (l *Log) End() bool { return l.queue.end() }

// Lost returns how many lines were lost so far.
func (l *Log) Lost() uint64 { return l.queue.lostLines() }

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// isoTime is ISO 8601 in UTC with all nine digits of nanoseconds, so that lines
// sort as text.
const isoTime = "2006-01-02T15:04:05.000000000Z07:00"

// jsonLine returns an encoder of lines for programs.
func jsonLine() encode {
	encoder := zapcore.NewJSONEncoder(zapcore.EncoderConfig{
		TimeKey: "time", LevelKey: "level", MessageKey: "msg", StacktraceKey: "stack",
		EncodeTime: func(t time.Time, enc zapcore.PrimitiveArrayEncoder) {
			enc.AppendString(t.UTC().Format(isoTime))
		},
		EncodeLevel:    zapcore.LowercaseLevelEncoder,
		EncodeDuration: func(d time.Duration, enc zapcore.PrimitiveArrayEncoder) { enc.AppendString(FormatDuration(d)) },
	})
	return func(entry zapcore.Entry, fields []zapcore.Field) (line, error) {
		text, err := encoder.EncodeEntry(entry, fields)
		if err != nil {
			return line{}, err
		}
		defer text.Free()
		return line{text: text.String()}, nil
	}
}
