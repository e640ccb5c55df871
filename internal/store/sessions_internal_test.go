package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
)

// crowd returns n sessions of several folders, sorted by key. In some of these all names
// begin alike.
func crowd(n int) []*session.Session {
	all := make([]*session.Session, n)
	for i := range all {
		all[i] = sessiontest.At(session.NewKey(fmt.Sprintf("T.app%d", i%5), fmt.Sprintf("%0*d", 6+i%5*3, i)))
	}
	slices.SortFunc(all, (*session.Session).Compare)
	return all
}

// effectsOf returns the same effect on each session.
func effectsOf(kind session.Kind, sessions []*session.Session) []session.Effect {
	effects := make([]session.Effect, len(sessions))
	for i, s := range sessions {
		effects[i] = session.Effect{Session: s, Kind: kind}
	}
	return effects
}

// tableModel is what a table should hold: by the index of its session the
// revision of each row, 0 where there is none.
type tableModel struct {
	all       []*session.Session
	revisions []uint64
	newest    uint64
}

// edit draws edits of every so many sessions from one on, and makes them here.
func (m *tableModel) edit(t *rapid.T) edits {
	from := rapid.IntRange(0, len(m.all)-1).Draw(t, "from")
	count := rapid.SampledFrom([]int{1, 1, 10, 1000, len(m.all)}).Draw(t, "count")
	step := rapid.SampledFrom([]int{1, 1, 1, 2, 3, 100}).Draw(t, "step")
	keep := rapid.SampledFrom([]int{0, 0, 1, 1, 2, 50}).Draw(t, "keep one in") // 0: all
	e := edits{revision: m.newest + 1, loadedAt: int64(m.newest)}
	for i := from; i < len(m.all) && len(e.effects) < count; i += step {
		m.newest++
		kind := session.KindUpdated
		if m.revisions[i] = m.newest; keep != 0 && (keep == 1 || (len(e.effects)+1)%keep != 0) {
			kind, m.revisions[i] = session.KindDeleted, 0
		}
		e.effects = append(e.effects, session.Effect{Session: m.all[i], Kind: kind})
	}
	return e
}

// check holds a table against the model, and against the bounds of its parts.
func (m *tableModel) check(t *rapid.T, got sessions) {
	next, rows := 0, 0
	for p, chunks := range got.pages {
		lastPage := p == len(got.pages)-1
		if n := len(chunks); n == 0 || n > pageChunks || n < pageChunks/2 && !lastPage {
			t.Fatalf("page %d of %d has %d chunks", p, len(got.pages), n)
		}
		for c, chunk := range chunks {
			last := lastPage && c == len(chunks)-1
			if n := len(chunk.rows); n == 0 || n > chunkRows || n < chunkRows/2 && !last {
				t.Fatalf("chunk %d of page %d has %d rows", c, p, n)
			}
			rows += len(chunk.rows)
			for _, r := range chunk.rows {
				for next < len(m.all) && m.revisions[next] == 0 {
					next++
				}
				if next == len(m.all) || r.session != m.all[next] || r.revision != m.revisions[next] {
					t.Fatalf("%q of revision %d is not what comes next", r.session.Key(), r.revision)
				}
				next++
			}
		}
	}
	for ; next < len(m.all); next++ {
		if m.revisions[next] != 0 {
			t.Fatalf("%q is missing", m.all[next].Key())
		}
	}
	if got.len != rows {
		t.Fatalf("the table has %d rows and says %d", rows, got.len)
	}
	i := rapid.IntRange(0, len(m.all)-1).Draw(t, "looked up")
	if loaded, ok := got.get(m.all[i].Key()); ok != (m.revisions[i] != 0) || loaded.Revision != m.revisions[i] {
		t.Fatalf("%q is found: %t, with revision %d; want %d", m.all[i].Key(), ok, loaded.Revision, m.revisions[i])
	}
}

// The table holds what a plain list would, its parts are filled as promised
// whatever comes and goes, and tables from before are as they were.
func TestTable(t *testing.T) {
	all := crowd(25_000)
	rapid.Check(t, func(t *rapid.T) {
		m := &tableModel{all: all, revisions: make([]uint64, len(all))}
		var now, old sessions
		then := *m
		then.revisions = slices.Clone(m.revisions)
		t.Repeat(map[string]func(*rapid.T){
			"edit": func(t *rapid.T) {
				before, turns := slices.Clone(m.revisions), 0
				e := m.edit(t)
				now = now.with(e, func(was, is row) {
					i, _ := slices.BinarySearchFunc(all, e.effects[turns].Session, (*session.Session).Compare)
					if was.revision != before[i] || is.revision != m.revisions[i] {
						t.Fatalf("%q turns from revision %d to %d, want %d to %d", all[i].Key(), was.revision, is.revision, before[i], m.revisions[i])
					}
					turns++
				})
				if turns != len(e.effects) {
					t.Fatalf("told of %d edits, want %d", turns, len(e.effects))
				}
				m.check(t, now)
			},
			"keep": func(*rapid.T) {
				old, then = now, *m
				then.revisions = slices.Clone(m.revisions)
			},
			"look at what was kept": func(t *rapid.T) { then.check(t, old) },
		})
	})
}

// What is left at the end of a page, too little for a chunk, goes to the next
// page, which nothing else changes.
func TestEndOfPage(t *testing.T) {
	const pageRows = chunkRows * pageChunks
	all := crowd(2 * pageRows)
	load := edits{effects: effectsOf(session.KindAdmitted, all), revision: 1}
	ignore := func(_, _ row) {}
	full := sessions{}.with(load, ignore)

	_, last := load.split(pageRows - chunkRows)
	last, _ = last.split(chunkRows - 1)
	last.effects = effectsOf(session.KindDeleted, all[pageRows-chunkRows:pageRows-1])
	left := full.with(last, ignore)

	var got []*session.Session
	for r := range left.from(func(row) bool { return true }) {
		got = append(got, r.session)
	}
	if want := slices.Delete(slices.Clone(all), pageRows-chunkRows, pageRows-1); !slices.Equal(got, want) {
		t.Errorf("%d sessions are left, want %d in the order of their keys", len(got), len(want))
	}
}

// Every session is found, and no other.
func TestEverySessionIsFound(t *testing.T) {
	all := crowd(25_000)
	load := edits{revision: 1}
	for i := 0; i < len(all); i += 2 {
		load.effects = append(load.effects, session.Effect{Session: all[i]})
	}
	table := sessions{}.with(load, func(_, _ row) {})
	for i, one := range all {
		if found, ok := table.get(one.Key()); ok != (i%2 == 0) || ok && found.Session != one {
			t.Fatalf("%q is found: %t", one.Key(), ok)
		}
	}
}

// A pass that changes nothing costs next to nothing.
func TestNoChangeCostsNothing(t *testing.T) {
	s := New(time.Time{})
	for _, inOrder := range []bool{false, true} {
		costs := testing.AllocsPerRun(100, func() { s.Apply(session.Outcome{InOrder: inOrder}) })
		if costs > 8 {
			t.Errorf("%v allocations, in order: %t", costs, inOrder)
		}
	}
}

// What one edit costs does not depend on how many sessions there are.
func TestOneChangeCostsTheSame(t *testing.T) {
	costs := map[int]float64{}
	for _, size := range []int{1_000, 1_000_000} {
		s, all := New(time.Time{}), crowd(size)
		s.Apply(session.Outcome{Effects: effectsOf(session.KindAdmitted, all)})
		edit := session.Outcome{Effects: effectsOf(session.KindUpdated, all[size/2:][:1])}
		costs[size] = testing.AllocsPerRun(100, func() { s.Apply(edit) })
	}
	if costs[1_000] != costs[1_000_000] {
		t.Errorf("allocations for one change, by the number of sessions: %v", costs)
	}
}
