package service

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"sessiond/systemd"
)

// unit returns the canonical unit for another binary and other arguments.
//
// kardianos takes it as a template of its own kind; since no text that comes
// from outside keeps its braces, nothing in it is an action.
func (s Spec) unit() string {
	var b strings.Builder
	for line := range strings.Lines(systemd.Service()) {
		switch {
		case strings.HasPrefix(line, "ExecStart="):
			line = "ExecStart=" + commandLine(s.Executable, s.Run) + "\n"
		case strings.HasPrefix(line, "ExecReload="):
			line = "ExecReload=" + commandLine(s.Executable, s.Reload) + "\n"
		}
		b.WriteString(line)
	}
	return b.String()
}

// commandLine writes a command as systemd.service(5) reads it.
func commandLine(executable string, args []string) string {
	words := []string{quote(executable)}
	for _, arg := range args {
		// Variables are put into arguments, but not into the path.
		words = append(words, strings.ReplaceAll(quote(arg), "$", "$$"))
	}
	return strings.Join(words, " ")
}

// quote writes a word so that systemd reads it back: specifiers doubled, all
// that could end the word or the line quoted or escaped.
func quote(word string) string {
	plain := true
	var b strings.Builder
	for rest := word; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case r == utf8.RuneError && size == 1, unicode.IsControl(r), strings.ContainsRune(`"'\{};#`, r):
			plain = false
			for _, c := range []byte(rest[:size]) {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		case r == '%':
			b.WriteString("%%")
		default:
			plain = plain && !unicode.IsSpace(r)
			b.WriteString(rest[:size])
		}
		rest = rest[size:]
	}
	if plain && word != "" {
		return b.String()
	}
	return `"` + b.String() + `"`
}
