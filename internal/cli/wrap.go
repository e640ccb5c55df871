package cli

import "strings"

const (
	// leastWrap is how many columns of a line there must be for words to be wrapped.
	leastWrap = 20
	// hanging is by how much what goes on below itself is indented.
	hanging = 2
)

// line writes the cells side by side, on as many lines of the terminal as they take,
// and a newline. What goes on below is indented, except for prose: a single cell that
// begins without a blank.
func (p *page) line(cells ...cell) {
	text := joined(cells)
	indent := len(text) - len(strings.TrimLeft(text, " "))
	if indent > 0 || len(cells) > 1 {
		indent += hanging
	}
	p.wrap(cells, 0, indent)
	p.write("\n")
}

func joined(cells []cell) string {
	var text strings.Builder
	for _, c := range cells {
		text.WriteString(c.text)
	}
	return text.String()
}

// wrap writes cells side by side that begin at a column, on as many lines of the terminal
// as they take, all but the first with an indent.
func (p *page) wrap(cells []cell, column, indent int) {
	text := joined(cells)
	for start := 0; ; column = indent {
		line, rest := text[start:], ""
		if p.width-max(column, indent) >= leastWrap {
			line, rest = breakLine(line, p.width-column)
		}
		p.putPart(cells, start, start+len(line))
		if rest == "" {
			return
		}
		start = len(text) - len(rest)
		p.write("\n" + strings.Repeat(" ", indent))
	}
}

// putPart writes a part of what cells have side by side, from start to end in bytes.
func (p *page) putPart(cells []cell, start, end int) {
	for _, c := range cells {
		if from, to := max(start, 0), min(end, len(c.text)); from < to {
			p.put(cell{c.style, c.text[from:to]})
		}
		start, end = start-len(c.text), end-len(c.text)
	}
}
