package cli

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// columnsOf returns how many columns of a terminal a text takes: two for each character
// of East Asian scripts and each emoji, none for combining marks.
func columnsOf(text string) int { return widths().StringWidth(text) }

// clipTo returns a text that takes so many columns at most, ending with … where it is
// shortened.
func clipTo(text string, columns int) string { return widths().Truncate(text, columns, "…") }

// widths are those of all terminals but old East Asian ones, whatever the locale: the
// characters of ambiguous width, … among them, take one column.
func widths() *runewidth.Condition { return &runewidth.Condition{StrictEmojiNeutral: true} }

// breakLine returns what of a text fits a line, and the rest, which is not empty where
// the text does not fit. It breaks between words; a word that is longer than a line, such
// as a key or a path, after a slash; any other where the line ends.
func breakLine(text string, columns int) (line, rest string) {
	if columnsOf(text) <= columns {
		return text, ""
	}
	fits := len(widths().Truncate(text, columns, ""))
	if fits == 0 { // not even one character does
		return text, ""
	}
	if text[fits] == ' ' {
		return text[:fits], text[fits+1:]
	}
	if blank := strings.LastIndexByte(text[:fits], ' '); blank >= 0 && strings.TrimLeft(text[:blank], " ") != "" {
		word, _, _ := strings.Cut(text[blank+1:], " ")
		if columnsOf(word) <= columns || !strings.Contains(text[blank+1:fits], "/") {
			return text[:blank], text[blank+1:]
		}
	}
	if slash := strings.LastIndexByte(text[:fits], '/'); slash > 0 {
		fits = slash + 1
	}
	return text[:fits], text[fits:]
}
