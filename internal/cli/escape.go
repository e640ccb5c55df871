package cli

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// printable returns s as it may reach a terminal. Names and file contents are
// other people's words: a control character in them could move the cursor,
// change colours or reverse the reading order. So whatever is not graphic
// (control and format characters, line and paragraph separators, bytes that are
// not UTF-8) is written as an escape, and so is the newline.
//
// The escapes are those of JSON, so that a JSON text stays the same JSON text.
// Only a byte that is not UTF-8, which JSON cannot hold, becomes \xNN.
func printable(s string) string {
	bad := strings.IndexFunc(s, needsEscape)
	if bad < 0 {
		return s
	}
	var b strings.Builder
	b.WriteString(s[:bad])
	for s = s[bad:]; s != ""; {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case !needsEscape(r):
			b.WriteRune(r)
		default:
			writeEscape(&b, r)
		}
		s = s[size:]
	}
	return b.String()
}

// printableLines is [printable] for a text of several lines, which it keeps.
func printableLines(s string) string {
	if strings.IndexFunc(s, needsEscape) < 0 {
		return s
	}
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = printable(lines[i])
	}
	return strings.Join(lines, "\n")
}

// needsEscape reports whether a character is not graphic. U+FFFD counts too,
// since it is also how a byte that is not UTF-8 shows itself here.
func needsEscape(r rune) bool { return r == utf8.RuneError || !unicode.IsGraphic(r) }

func writeEscape(b *strings.Builder, r rune) {
	switch r {
	case '\n':
		b.WriteString(`\n`)
	case '\r':
		b.WriteString(`\r`)
	case '\t':
		b.WriteString(`\t`)
	default:
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(b, `\u%04x`, unit)
		}
	}
}
