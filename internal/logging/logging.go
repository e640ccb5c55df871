// Package logging makes sessiond's logger: JSON lines for programs, plain lines
// for people, chosen by where the log goes. There is no sampling, since every
// line of this log says something that is said once, and no caller; a stack
// trace comes with a panic only.
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
	FormatAuto    = "auto" // console where the log goes to a terminal, otherwise json
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
// safe for concurrent use.
func New(o Options) (*zap.Logger, error) {
	level, ok := levels()[o.Level]
	if !ok {
		return nil, fmt.Errorf("cannot log at level %q: it is none of debug, info, warn, error", o.Level)
	}
	if o.Out == nil {
		return nil, errors.New("cannot log: there is no writer")
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
		return nil, fmt.Errorf("cannot log in format %q: it is none of auto, json, console", o.Format)
	}
	return zap.New(zapcore.NewCore(encoder, sink(o.Out), level), zap.AddStacktrace(zapcore.PanicLevel)), nil
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
