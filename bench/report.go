//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// report is what was measured.
type report struct {
	Lines  []line  `json:"lines"`
	Counts []count `json:"counts"`
	// Raw are the figures that the lines were made of, by name: nanoseconds of
	// wall time, one a round, where the name does not say otherwise.
	Raw map[string][]float64 `json:"raw"`
	// Notes say what could not be measured.
	Notes []string `json:"notes,omitempty"`
}

// line is one line of the table of goals.
type line struct {
	What   string `json:"what"`
	Unit   string `json:"unit"` // "×" for ratios
	Goal   string `json:"goal,omitempty"`
	Rounds int    `json:"rounds"`
	spread
}

// count is something that is counted, not timed: it can be held against a limit
// on any machine.
type count struct {
	What  string  `json:"what"`
	Found float64 `json:"found"`
	Limit float64 `json:"limit"` // at most
}

// add adds a line.
func (r *report) add(what, unit, goal string, values []float64) {
	r.Lines = append(r.Lines, line{What: what, Unit: unit, Goal: goal, Rounds: len(values), spread: spreadOf(values)})
}

// keep keeps the raw figures behind lines.
func (r *report) keep(name string, values []float64) {
	if r.Raw == nil {
		r.Raw = make(map[string][]float64)
	}
	r.Raw[name] = append(r.Raw[name], values...)
}

// hold adds a count that must not be above a limit.
func (r *report) hold(what string, found, limit float64) {
	r.Counts = append(r.Counts, count{What: what, Found: found, Limit: limit})
}

// note says what could not be measured.
func (r *report) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// show prints the table for people.
func (r *report) show(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(r.Lines) > 0 {
		fmt.Fprintln(w, "what\tmedian\tmin … max\t\tgoal\trounds")
	}
	for _, l := range r.Lines {
		fmt.Fprintf(w, "%s\t%s\t%s … %s\t%s\t%s\t%d\n", l.What, short(l.Median), short(l.Min), short(l.Max), l.Unit, l.Goal, l.Rounds)
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
		fmt.Fprintf(out, "not measured: %s\n", n)
	}
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
