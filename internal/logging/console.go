package logging

import (
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"go.uber.org/zap/buffer"
	"go.uber.org/zap/zapcore"
)

// consoleTime is local time, for people.
const consoleTime = "2006-01-02 15:04:05.000"

// consoleEncoder writes lines for people: time, level, message, fields.
//
// zap's own console encoder, which writes message and fields here, leaves a message
// as it is and escapes only the C0 control characters in fields. A file name may
// hold any of the others, and nothing in a log may control a terminal or look like
// a line of its own. So everything that is not printable is escaped, and time,
// level and colour, which are ours, come before it.
type consoleEncoder struct {
	zapcore.Encoder
	buffers buffer.Pool
	color   bool
}

func newConsoleEncoder(color bool) consoleEncoder {
	return consoleEncoder{
		Encoder: zapcore.NewConsoleEncoder(zapcore.EncoderConfig{
			MessageKey: "msg", NameKey: "logger",
			EncodeTime: func(t time.Time, enc zapcore.PrimitiveArrayEncoder) {
				enc.AppendString(t.Local().Format(consoleTime))
			},
			EncodeDuration:   zapcore.StringDurationEncoder,
			ConsoleSeparator: "  ",
			SkipLineEnding:   true,
		}),
		buffers: buffer.NewPool(),
		color:   color,
	}
}

// Clone implements zapcore.Encoder.
func (e consoleEncoder) Clone() zapcore.Encoder {
	e.Encoder = e.Encoder.Clone()
	return e
}

// EncodeEntry implements zapcore.Encoder.
func (e consoleEncoder) EncodeEntry(entry zapcore.Entry, fields []zapcore.Field) (*buffer.Buffer, error) {
	message, err := e.message(entry, fields)
	if err != nil {
		return nil, err
	}
	defer message.Free()

	line := e.buffers.Get()
	line.AppendTime(entry.Time.Local(), consoleTime)
	line.AppendString("  ")
	e.appendLevel(line, entry.Level)
	line.AppendString("  ")
	_, _ = line.Write(message.Bytes())
	line.AppendByte('\n')
	return line, nil
}

// message is an entry in readable form, without time and level.
func (e consoleEncoder) message(entry zapcore.Entry, fields []zapcore.Field) (*buffer.Buffer, error) {
	text, err := e.Encoder.EncodeEntry(entry, fields)
	if err != nil {
		return nil, err
	}
	defer text.Free()
	message := e.buffers.Get()
	appendPrintable(message, text.Bytes())
	if entry.Stack != "" { // of our own making: its line ends stay
		message.AppendByte('\n')
		message.AppendString(entry.Stack)
	}
	return message, nil
}

func (e consoleEncoder) appendLevel(line *buffer.Buffer, level zapcore.Level) {
	name := fmt.Sprintf("%-5s", level.CapitalString())
	if !e.color {
		line.AppendString(name)
		return
	}
	line.AppendString("\x1b[" + colorOf(level) + "m" + name + "\x1b[0m")
}

func colorOf(level zapcore.Level) string {
	switch {
	case level >= zapcore.ErrorLevel:
		return "31" // red
	case level == zapcore.WarnLevel:
		return "33" // yellow
	case level == zapcore.InfoLevel:
		return "36" // cyan
	}
	return "90" // grey
}

// appendPrintable writes text with everything that does not print as a Go
// escape: control characters, line ends, characters that turn the direction of
// writing, bytes that are no UTF-8.
func appendPrintable(line *buffer.Buffer, text []byte) {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if strconv.IsPrint(r) && (r != utf8.RuneError || size > 1) {
			_, _ = line.Write(text[:size])
		} else {
			quoted := strconv.Quote(string(text[:size]))
			line.AppendString(quoted[1 : len(quoted)-1])
		}
		text = text[size:]
	}
}
