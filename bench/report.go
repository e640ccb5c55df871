//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// report is what was measured.
type report struct {
	Lines  []*line `json:"lines"`
	Counts []count `json:"counts"`
	// Notes say what could not be measured.
	Notes []string `json:"notes,omitempty"`

	columns []string // the names of the binaries
}

// line is one line of the table: a figure of each binary.
type line struct {
	What    string  `json:"what"`
	Unit    string  `json:"unit"` // "×" for ratios
	Goal    string  `json:"goal,omitempty"`
	Percent float64 `json:"percentile"` // what is shown of the values: 50 is the median
	// Values has what was measured of each binary, one value a round or an edit.
	Values [][]float64 `json:"values"`
}

// count is something that is counted, not timed: it can be held against a limit
// on any machine.
type count struct {
	What  string  `json:"what"`
	Found float64 `json:"found"`
	Limit float64 `json:"limit"` // at most
}

// line adds a line that shows the median of its values.
func (r *report) line(what, unit, goal string) *line {
	return r.percentile(50, what, unit, goal)
}

// percentile adds a line that shows a percentile of its values.
func (r *report) percentile(percent float64, what, unit, goal string) *line {
	l := &line{What: what, Unit: unit, Goal: goal, Percent: percent, Values: make([][]float64, len(r.columns))}
	r.Lines = append(r.Lines, l)
	return l
}

// add adds values of a binary.
func (l *line) add(column int, values ...float64) {
	l.Values[column] = append(l.Values[column], values...)
}

// hold adds a count that must not be above a limit.
func (r *report) hold(what string, found, limit float64) {
	r.Counts = append(r.Counts, count{What: what, Found: found, Limit: limit})
}

// note says what could not be measured.
func (r *report) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// show prints the table.
func (r *report) show(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(r.Lines) > 0 {
		fmt.Fprintf(w, "what\tunit\tgoal\t%s\n", strings.Join(r.columns, "\t"))
	}
	for _, l := range r.Lines {
		fmt.Fprintf(w, "%s\t%s\t%s", l.What, l.Unit, l.Goal)
		for _, values := range l.Values {
			fmt.Fprintf(w, "\t%s", l.cell(values))
		}
		fmt.Fprintln(w)
	}
	if len(r.Counts) > 0 {
		fmt.Fprintln(w, "\ncounts\tfound\tat most")
	}
	for _, c := range r.Counts {
		mark := ""
		if c.Found > c.Limit {
			mark = "TOO MANY"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", c.What, short(c.Found), short(c.Limit), mark)
	}
	_ = w.Flush() // who does not read it need not be told
	for _, n := range r.Notes {
		fmt.Fprintf(out, "note: %s\n", n)
	}
}

// cell returns a figure with the least and the most beside it.
func (l *line) cell(values []float64) string {
	if len(values) == 0 {
		return "–"
	}
	s := short(percentile(values, l.Percent))
	if len(values) > 1 {
		s += fmt.Sprintf(" (%s … %s)", short(slices.Min(values)), short(slices.Max(values)))
	}
	return s
}

// percentile returns a percentile of values, the median between the two in the
// middle where their number is even.
func percentile(values []float64, percent float64) float64 {
	s := slices.Sorted(slices.Values(values))
	if len(s) == 0 {
		return 0
	}
	if percent == 50 {
		return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
	}
	at := int(float64(len(s))*percent/100+0.999999) - 1
	return s[min(max(at, 0), len(s)-1)]
}

// short writes a figure with three digits that count.
func short(v float64) string {
	switch {
	case v >= 100, v == float64(int(v)):
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// thousands writes a number with commas.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

func (r *report) writeJSON(path string) error {
	var b bytes.Buffer
	if err := json.MarshalWrite(&b, r, json.Deterministic(true), jsontext.WithIndent("\t")); err != nil {
		return fmt.Errorf("cannot write the raw figures: %w", err)
	}
	b.WriteByte('\n')
	return os.WriteFile(path, b.Bytes(), 0o600)
}

// errTooMany says that a count was over its limit.
var errTooMany = errors.New("more than there may be")

// failed returns an error that names the counts over their limits.
func (r *report) failed() error {
	var over []string
	for _, c := range r.Counts {
		if c.Found > c.Limit {
			over = append(over, fmt.Sprintf("%s: %s, at most %s", c.What, short(c.Found), short(c.Limit)))
		}
	}
	if len(over) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", errTooMany, strings.Join(over, "; "))
}
