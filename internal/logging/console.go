package logging

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.uber.org/zap/zapcore"
)

// consoleTime is local time, for people.
const consoleTime = "2006-01-02 15:04:05.000"

// consoleLine returns an encoder of lines for people: time, level, text.
//
// A file name may hold any character, and nothing in a log may control a terminal or
// look like a line of its own. So everything in the text that is not printable is
// escaped; time, level and colour are ours.
func consoleLine(color bool) encode {
	return func(entry zapcore.Entry, fields []zapcore.Field) (line, error) {
		text := entry.Time.Local().Format(consoleTime) + "  " + levelName(entry.Level, color) + "  " + textOf(entry, fields)
		return line{text: withStack(text, entry) + "\n"}, nil
	}
}

// withStack adds the stack of a panic, whose line ends stay: it is of our own making.
func withStack(text string, entry zapcore.Entry) string {
	if entry.Stack == "" {
		return text
	}
	return text + "\n" + entry.Stack
}

func levelName(level zapcore.Level, color bool) string {
	name := fmt.Sprintf("%-5s", level.CapitalString())
	if !color {
		return name
	}
	return "\x1b[" + colorOf(level) + "m" + name + "\x1b[0m"
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

// printable returns text with everything that does not print as a Go escape: control
// characters, line ends, characters that turn the direction of writing, bytes that
// are no UTF-8.
func printable(text string) string {
	if isPlain(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		if strconv.IsPrint(r) && (r != utf8.RuneError || size > 1) {
			b.WriteString(text[:size])
		} else {
			quoted := strconv.Quote(text[:size])
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		text = text[size:]
	}
	return b.String()
}

// isPlain reports whether a text is of printable ASCII characters, as nearly all are.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}
