package cli

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// session writes one session: what is known of it, then its file's content.
func (p *page) session(s *api.Summary, content jsontext.Value) error {
	rows := [][]cell{
		{strong.of("Session"), plain.of("%s", s.Session)},
		{strong.of("Status"), statusCell(s.Status)},
		{strong.of("Modified"), plain.of("%s", p.since(s.Modified))},
		{strong.of("Loaded"), plain.of("%s, revision %d", p.since(s.LoadedAt), s.Revision)},
	}
	if !s.SeenAt.IsZero() {
		rows = append(rows, []cell{strong.of("Last seen"), plain.of("%s", p.since(s.SeenAt))})
	}
	for _, part := range []struct{ name, value string }{
		{"E-mail", s.Email},
		{"Application", words(s.Application.Name, s.Application.Version, bracketed(s.Application.ID))},
		{"Team", s.Team.ID},
		{"Device", words(s.Device.Description, bracketed(s.Device.ID))},
		{"OS", words(system(s.Device), simulator(s.Device))},
		{"IP", s.IP},
	} {
		if part.value != "" {
			rows = append(rows, []cell{strong.of("%s", part.name), plain.of("%s", part.value)})
		}
	}
	p.table(rows)
	p.title("Content, without tokens")
	if err := content.Indent(jsontext.WithIndent("  ")); err != nil {
		return fmt.Errorf("cannot show the content of %s: %w", s.Session, err)
	}
	p.text(string(content))
	return nil
}

func statusCell(status string) cell {
	if status == session.StatusPending {
		return warn.of("%s", status)
	}
	return good.of("%s", status)
}

// system is the operating system of a device with its version.
func system(d session.Device) string { return words(d.OS, d.Version) }

func simulator(d session.Device) string {
	if d.Simulator != nil && *d.Simulator {
		return "(simulator)"
	}
	return ""
}

func bracketed(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

// words joins those of the parts that are there.
func words(parts ...string) string {
	var there []string
	for _, part := range parts {
		if part != "" {
			there = append(there, part)
		}
	}
	return strings.Join(there, " ")
}

// opening writes what open did with the keys it was given. What failed beside
// the rejected files has been told as a diagnostic.
func (p *page) opening(o *opening) {
	for i := range o.Opened {
		s := &o.Opened[i]
		p.line(plain.of("%s: ", s.Session), good.of("opened"), plain.of(", %s", s.Status))
	}
	for i := range o.Errors {
		if o.Errors[i].Rejects() {
			p.line(problemCells(&o.Errors[i])...)
		}
	}
}
