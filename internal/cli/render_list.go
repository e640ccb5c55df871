package cli

import (
	"slices"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// sessions writes a listing with whole keys, as programs that take tables apart read
// it.
func (p *page) sessions(list []api.Summary) {
	rows, seen := make([][]cell, len(list)), wereSeen(list)
	for i := range list {
		rows[i] = append([]cell{plain.of("%s", list[i].Session)}, p.sessionCells(&list[i], seen)...)
	}
	p.grid(sessionColumns(seen), rows)
}

// sessionsByApp writes a listing for a terminal: below the name of each app, the
// shortened id of each session.
func (p *page) sessionsByApp(list []api.Summary, ids []string) {
	var rows [][]cell
	seen := wereSeen(list)
	for i := range list {
		s := &list[i]
		if i == 0 || list[i-1].App != s.App {
			rows = append(rows, appHeading(s))
		}
		rows = append(rows, append([]cell{plain.of("%s", ids[i])}, p.sessionCells(s, seen)...))
	}
	p.grid(sessionColumns(seen), rows)
}

// wereSeen reports whether it is known of a session when it was last seen.
func wereSeen(list []api.Summary) bool {
	return slices.ContainsFunc(list, func(s api.Summary) bool { return !s.SeenAt.IsZero() })
}

// sessionsInOrder writes a listing for a terminal that is not sorted by key: the app's name
// or folder stands beside each session.
func (p *page) sessionsInOrder(list []api.Summary, ids []string) {
	rows, seen := make([][]cell, len(list)), wereSeen(list)
	for i := range list {
		s := &list[i]
		name := s.Application.Name
		if name == "" {
			name = s.App
		}
		rows[i] = append(append([]cell{plain.of("%s", ids[i])}, p.sessionCells(s, seen)...), plain.of("%s", name))
	}
	p.grid(append(sessionColumns(seen), column{title: "APP", least: 8, drop: 4}), rows)
}

// sessionColumns are the columns of a listing. On 60 columns of a terminal there is
// room for who it is and since when.
func sessionColumns(seen bool) []column {
	columns := []column{
		{title: "SESSION"},
		{title: "STATUS"},
		{title: "E-MAIL", least: 16},
		{title: "DEVICE", least: 10, drop: 2},
		{title: "OS", least: 8, drop: 3},
		{title: "MODIFIED", drop: 1},
	}
	if seen {
		columns = append(columns, column{title: "SEEN"})
	}
	return columns
}

// sessionCells are a session's cells, without its key.
func (p *page) sessionCells(s *api.Summary, seen bool) []cell {
	cells := []cell{
		statusCell(s.Status),
		plain.of("%s", orDash(s.Email)),
		plain.of("%s", orDash(s.Device.Description)),
		plain.of("%s", orDash(system(s.Device))),
		plain.of("%s", p.tableMoment(s.Modified)),
	}
	switch {
	case !seen:
	case s.SeenAt.IsZero():
		cells = append(cells, plain.of("never"))
	default:
		cells = append(cells, plain.of("%s", p.tableMoment(s.SeenAt)))
	}
	return cells
}

// appHeading is the row above the sessions of an app.
func appHeading(s *api.Summary) []cell {
	return []cell{strong.of("%s", words(s.App, bracketed(s.Application.Name)))}
}

// unadmitted writes files that are valid and not in memory.
func (p *page) unadmitted(list []session.UnadmittedFile) {
	rows := make([][]cell, len(list))
	for i, file := range list {
		rows[i] = []cell{plain.of("%s", file.Session), plain.of("%s", p.tableMoment(file.Since))}
	}
	p.grid([]column{{title: "SESSION"}, {title: "SINCE", drop: 1}}, rows)
}

// total ends a listing on a terminal: how many there are, or that there are more.
func (p *page) total(n int, more bool, one, many string) {
	if p.width == 0 {
		return
	}
	p.line()
	if more {
		p.line(plain.of("the first %s, there are more", count(n, one, many)))
		return
	}
	p.line(plain.of("%s", count(n, one, many)))
}

// keys writes keys, a line each, never broken: they are to be copied.
func (p *page) keys(all []session.Key) {
	for _, key := range all {
		p.put(plain.of("%s", key))
		p.write("\n")
	}
}
