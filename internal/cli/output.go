package cli

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// format is how a verb writes its data: for people or for scripts. It is the
// value of --output.
type format string

const (
	formatTable format = "table"
	formatJSON  format = "json"
)

func (f *format) String() string { return string(*f) }
func (f *format) Type() string   { return "table|json" }

func (f *format) Set(s string) error {
	switch v := format(s); v {
	case formatTable, formatJSON:
		*f = v
		return nil
	}
	return errors.New("must be table or json")
}

// addOutput gives a verb the flag --output.
func addOutput(cmd *cobra.Command) *format {
	f := formatTable
	cmd.Flags().VarP(&f, "output", "o", "write a table for people, or json for scripts")
	offer(cmd, "output", string(formatTable), string(formatJSON))
	return &f
}

// show writes a verb's data to standard output: as one JSON document, or as
// draw puts it on a page.
func (a *app) show(f format, data any, draw func(*page) error) error {
	p := a.page()
	if f == formatJSON {
		text, err := json.Marshal(data, jsontext.WithIndent("  "))
		if err != nil {
			return fmt.Errorf("cannot write the answer as JSON: %w", err)
		}
		p.text(string(text))
	} else if err := draw(p); err != nil {
		return err
	}
	return p.flush()
}

// showReport writes the report of a pass.
func (a *app) showReport(f format, r *api.Report) error {
	if err := a.show(f, r, func(p *page) error { p.report(&r.Report); return nil }); err != nil {
		return err
	}
	a.tellVisible(r.Visible)
	return nil
}

// showEvent writes one change at once, on a line of its own.
func (a *app) showEvent(f format, e *session.Event) error {
	p := a.page()
	if f == formatJSON {
		text, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("cannot write a change as JSON: %w", err)
		}
		p.text(string(text))
	} else {
		p.event(e)
	}
	return p.flush()
}
