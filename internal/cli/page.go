package cli

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/dustin/go-humanize/english"
)

// A cell is a piece of a line. Its text is printable, whatever it was made of.
type cell struct {
	style style
	text  string
}

// of makes a cell of this style; format and arguments as with fmt.Sprintf.
func (s style) of(format string, args ...any) cell {
	return cell{style: s, text: printable(fmt.Sprintf(format, args...))}
}

// A page is what a verb shows a person. Everything on it is made of cells, so
// nothing gets to a terminal that [printable] has not seen.
type page struct {
	out    *bufio.Writer
	colour bool
	// width is how many characters the terminal shows in a line; 0 where the page goes
	// elsewhere.
	width int
	now   time.Time
	zone  *time.Location
}

func newPage(w io.Writer, colour bool, now time.Time, zone *time.Location) *page {
	return &page{out: bufio.NewWriter(w), colour: colour, now: now, zone: zone}
}

// put writes one cell.
func (p *page) put(c cell) {
	text := c.text
	if p.colour {
		text = c.style.paint(text)
	}
	p.write(text)
}

// write writes what is printable. An error stays with the buffer until the page
// is flushed.
func (p *page) write(s string) { _, _ = p.out.WriteString(s) }

// text writes lines that are there already, such as those of a JSON text, with
// one newline at their end. What is not graphic in them is escaped as
// everywhere, which leaves the meaning of JSON as it is.
func (p *page) text(lines string) {
	p.write(printableLines(strings.TrimRight(lines, "\n")))
	p.write("\n")
}

// flush hands the page on to where it goes.
func (p *page) flush() error { return unwritable(p.out.Flush()) }

func unwritable(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cannot write to standard output: %w", err)
}

// title begins a new part of the page.
func (p *page) title(format string, args ...any) {
	p.line()
	p.line(strong.of(format, args...))
}

// table writes rows in columns as wide as their widest cell, two blanks apart.
func (p *page) table(rows [][]cell) {
	var widths []int
	for _, row := range rows {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columnsOf(c.text))
		}
	}
	for _, row := range rows {
		indent := 0
		for i, c := range row {
			if i < len(row)-1 {
				p.put(c)
				p.write(strings.Repeat(" ", widths[i]-columnsOf(c.text)+gap))
				indent += widths[i] + gap
				continue
			}
			p.wrap(row[i:], indent, indent)
		}
		p.write("\n")
	}
}

// moment is a time of day with its date, in the zone of whoever reads it.
func (p *page) moment(t time.Time) string {
	return t.In(p.zone).Format("2006-01-02 15:04:05")
}

// tableMoment is a moment as a table has it: on a terminal, without its seconds.
func (p *page) tableMoment(t time.Time) string {
	if p.width == 0 {
		return p.moment(t)
	}
	return t.In(p.zone).Format("2006-01-02 15:04")
}

// since is a moment and how long ago that was.
func (p *page) since(t time.Time) string {
	return fmt.Sprintf("%s (%s)", p.moment(t), humanize.RelTime(t, p.now, "ago", "from now"))
}

// count is a number with the word for what is counted: "1 file", "1,204 files".
func count(n int, one, many string) string {
	return comma(n) + " " + english.PluralWord(n, one, many)
}

// comma is a number as people read it: "1,204".
func comma(n int) string { return humanize.Comma(int64(n)) }

// orDash stands in for what is absent, so that a column is never empty.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
