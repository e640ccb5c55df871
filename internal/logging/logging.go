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
}

// levels are the names that Options.Level knows.
func levels() map[string]zapcore.Level {
	return map[string]zapcore.Level{
		"debug": zapcore.DebugLevel, "info": zapcore.InfoLevel, "warn": zapcore.WarnLevel, "error": zapcore.ErrorLevel,
	}
}

// New returns a logger that writes each entry to o.Out at once, one line each,
// safe for concurrent use. To systemd's journal it does not write at once, but
// never waits for it; end, which must be called, waits a little for the last lines.
func New(o Options) (log *zap.Logger, end func(), err error) {
	level, ok := levels()[o.Level]
	if !ok {
		return nil, nil, fmt.Errorf("cannot log at level %q: it is none of debug, info, warn, error", o.Level)
	}
	if o.Out == nil {
		return nil, nil, errors.New("cannot log: there is no writer")
	}
	file, isFile := o.Out.(*os.File)
	if o.Format == FormatAuto && isFile && isJournal(file) {
		log, end := newJournalLog(level, send)
		return log, end, nil
	}
	terminal := isTerminal(o.Out)
	var encoder zapcore.Encoder
	switch {
	case o.Format == FormatConsole, o.Format == FormatAuto && terminal:
		// A Windows console shows colours only to programs that ask it to.
		encoder = newConsoleEncoder(o.Color && terminal && runtime.GOOS != "windows")
	case o.Format == FormatJSON, o.Format == FormatAuto:
		encoder = newJSONEncoder()
	default:
		return nil, nil, fmt.Errorf("cannot log in format %q: it is none of auto, json, console", o.Format)
	}
	return newLog(zapcore.NewCore(encoder, sink(o.Out), level)), func() {}, nil
}

func newLog(core zapcore.Core) *zap.Logger {
	return zap.New(core, zap.AddStacktrace(zapcore.PanicLevel))
}

func newJournalLog(level zapcore.Level, send func(line) error) (log *zap.Logger, end func()) {
	l := newLines(send)
	return newLog(journalCore{LevelEnabler: level, text: newConsoleEncoder(false), lines: l}), l.end
}

// sink hides the writer's own Sync: nothing is buffered here, and a terminal or
// a pipe answers it with an error.
func sink(out io.Writer) zapcore.WriteSyncer {
	return zapcore.Lock(zapcore.AddSync(struct{ io.Writer }{out}))
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// isoTime is ISO 8601 in UTC with all nine digits of nanoseconds, so that lines
// sort as text.
const isoTime = "2006-01-02T15:04:05.000000000Z07:00"

func newJSONEncoder() zapcore.Encoder {
	return zapcore.NewJSONEncoder(zapcore.EncoderConfig{
		TimeKey: "time", LevelKey: "level", MessageKey: "msg", NameKey: "logger", StacktraceKey: "stack",
		EncodeTime: func(t time.Time, enc zapcore.PrimitiveArrayEncoder) {
			enc.AppendString(t.UTC().Format(isoTime))
		},
		EncodeLevel:    zapcore.LowercaseLevelEncoder,
		EncodeDuration: zapcore.StringDurationEncoder,
	})
}
