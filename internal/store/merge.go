package store

import (
	"sort"

	"sessiond/internal/session"
)

// edits are effects of one pass whose keys ascend.
type edits struct {
	effects  []session.Effect
	revision uint64 // of the first change; each further one is one higher
	loadedAt int64
}

// split returns the first n edits and the others.
func (e edits) split(n int) (before, after edits) {
	before, after = e, e
	before.effects, after.effects = e.effects[:n], e.effects[n:]
	after.revision += uint64(n) //nolint:gosec // a length
	return before, after
}

// ascending returns of how many effects each the runs are in which every key sorts
// after the one before it.
func ascending(effects []session.Effect) (runs []int) {
	start := 0
	for i := range effects {
		if i+1 == len(effects) || effects[i+1].Session.Compare(effects[i].Session) <= 0 {
			runs = append(runs, i+1-start)
			start = i + 1
		}
	}
	return runs
}

// before returns the edits of keys that sort before a session's, and the others.
func (e edits) before(s *session.Session) (before, after edits) {
	return e.split(sort.Search(len(e.effects), func(i int) bool { return s.Compare(e.effects[i].Session) <= 0 }))
}

// row returns what an edit puts into memory.
func (e edits) row(i int) row {
	now := e.effects[i].Now()
	if now == nil {
		return row{}
	}
	return row{now, e.loadedAt, e.revision + uint64(i)} //nolint:gosec // an index
}

// with returns the table with the edits made, whose keys must ascend. It tells
// turned of each row that came, went or was replaced (the zero row: none).
func (t sessions) with(e edits, turned func(old, now row)) sessions {
	m := newMerger(t, turned)
	if len(t.pages) == 0 {
		m.chunk(nil, e)
	} else {
		m.all(t.pages, e)
	}
	m.rows.end()
	m.chunks.end()
	return sessions{m.pages, m.len}
}

// merger makes a table of another and of edits, from the first row to the last.
type merger struct {
	rows   cutter[row]
	chunks cutter[chunk]
	pages  []page
	len    int
	turned func(old, now row)
}

func newMerger(t sessions, turned func(old, now row)) *merger {
	m := &merger{len: t.len, turned: turned, pages: make([]page, 0, len(t.pages)+1)}
	m.rows = newCutter(chunkRows, func(rows []row) { m.chunks.add(newChunk(rows)) })
	m.chunks = newCutter(pageChunks, func(p page) { m.pages = append(m.pages, p) })
	return m
}

func (m *merger) all(pages []page, e edits) {
	walk(pages, e, walker[page]{
		first:   func(p page) *session.Session { return p[0].first() },
		settled: func() bool { return m.rows.settle() && m.chunks.settle() },
		keep:    func(same []page) { m.pages = append(m.pages, same...) },
		change:  m.page,
	})
}

func (m *merger) page(p page, e edits) {
	walk(p, e, walker[chunk]{
		first:   chunk.first,
		settled: m.rows.settle,
		keep:    func(same []chunk) { m.chunks.add(same...) },
		change:  func(c chunk, e edits) { m.chunk(c.rows, e) },
	})
}

func (m *merger) chunk(c []row, e edits) {
	for i := range e.effects {
		n, found := 0, false
		if len(c) > 0 {
			n = sort.Search(len(c), func(j int) bool { return c[j].session.Compare(e.effects[i].Session) >= 0 })
			found = n < len(c) && c[n].session.Compare(e.effects[i].Session) == 0
		}
		m.rows.add(c[:n]...)
		c = c[n:]
		var old row
		if found {
			old, c = c[0], c[1:]
			m.len--
		}
		now := e.row(i)
		if now.session != nil {
			m.rows.add(now)
			m.len++
		}
		m.turned(old, now)
	}
	m.rows.add(c...)
}

// walker says what to do with the parts of a table.
type walker[P any] struct {
	first   func(P) *session.Session
	settled func() bool    // whether a part may follow as it is
	keep    func([]P)      // takes parts that nothing changes
	change  func(P, edits) // takes a part with the edits of keys up to the next one
}

func walk[P any](parts []P, e edits, w walker[P]) {
	for len(parts) > 0 {
		if w.settled() {
			n := len(parts)
			if len(e.effects) > 0 {
				edited := e.effects[0].Session
				n = lastBefore(n, func(i int) bool { return w.first(parts[i]).Compare(edited) > 0 })
			}
			w.keep(parts[:n])
			if parts = parts[n:]; len(parts) == 0 {
				return
			}
		}
		here, later := e, edits{}
		if len(parts) > 1 {
			here, later = e.before(w.first(parts[1]))
		}
		w.change(parts[0], here)
		parts, e = parts[1:], later
	}
}
