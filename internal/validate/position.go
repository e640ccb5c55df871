package validate

import (
	"fmt"
	"unicode/utf8"
)

// position is a place in a text as people count: lines and columns from 1, a
// column for each character.
type position struct {
	line, column int
}

// positionOf returns the position of the byte at an offset. LF, CR and CRLF
// each end one line: before 19 R2, 4D wrote CR on macOS (refresh contract,
// section 2).
func positionOf(text []byte, offset int) position {
	line, start := 1, 0
	for i, c := range text[:offset] {
		beforeLF := i+1 < len(text) && text[i+1] == '\n'
		if c == '\n' || c == '\r' && !beforeLF {
			line, start = line+1, i+1
		}
	}
	return position{line: line, column: 1 + utf8.RuneCount(text[start:offset])}
}

// String returns the position as the details of syntax problems begin.
func (p position) String() string {
	return fmt.Sprintf("line %d, column %d", p.line, p.column)
}
