package logging

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// Sentence returns a field that says in words what message and fields of its entry
// say: where people read the log, it stands in their place. Programs get message and
// fields. Only a log for people calls text.
func Sentence(text func() string) zap.Field {
	return zap.Field{Type: zapcore.SkipType, Interface: sentence(text)}
}

type sentence func() string

// textOf returns an entry as people read it, on one line: its sentence or, where it
// has none, the message and the fields as name=value.
func textOf(entry zapcore.Entry, fields []zapcore.Field) string {
	for _, f := range fields {
		if text, ok := f.Interface.(sentence); ok {
			return printable(text())
		}
	}
	var b strings.Builder
	b.WriteString(printable(entry.Message))
	separator := ": "
	for _, f := range fields {
		if f.Type == zapcore.SkipType {
			continue
		}
		b.WriteString(separator + printable(f.Key) + "=" + valueOf(f))
		separator = " "
	}
	return b.String()
}

// valueOf returns the value of a field, in quotes where it is not one word.
func valueOf(f zapcore.Field) string {
	var text string
	switch value := valueIn(f).(type) {
	case time.Duration:
		text = FormatDuration(value)
	case time.Time:
		text = value.Local().Format(consoleTime)
	case []any:
		words := make([]string, len(value))
		for i, one := range value {
			words[i] = fmt.Sprint(one)
		}
		text = strings.Join(words, ", ")
	default:
		text = fmt.Sprint(value)
	}
	quoted := strconv.Quote(text)
	if text != "" && quoted == `"`+text+`"` && !strings.ContainsAny(text, " =") {
		return text
	}
	return quoted
}

func valueIn(f zapcore.Field) any {
	enc := zapcore.NewMapObjectEncoder()
	f.AddTo(enc)
	return enc.Fields[f.Key]
}

// FormatDuration returns a duration with three digits: 1.23ms, 1m3s.
func FormatDuration(d time.Duration) string {
	unit := time.Duration(1)
	for limit := d.Abs() / 1000; unit <= limit; {
		unit *= 10
	}
	if d.Abs() >= time.Minute {
		unit = time.Second
	}
	return d.Round(unit).String()
}
