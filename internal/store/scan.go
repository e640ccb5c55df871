package store

import (
	"container/heap"
	"slices"
	"time"

	"sessiond/internal/session"
)

// Scan goes through all sessions of a query for one page of them in any order, and counts
// them. It takes memory for the page alone, and is done in steps, so that others can have
// their turn in between.
type Scan struct {
	view    *View
	query   Query // its After is the last session that was looked at
	matcher *session.Matcher
	after   *Rank

	page   ranking
	behind int // sessions after the rank, on the page or not
	total  int
}

// Scan begins a scan for the q.Limit sessions that come first after a rank, of all where
// that is nil. q.After and q.Walk say nothing here.
func (v *View) Scan(q Query, order session.Sort, after *Rank) *Scan {
	q.After = session.Key{}
	return &Scan{view: v, query: q, matcher: q.matcher(), after: after, page: ranking{order: order}}
}

// Step looks at so many more sessions, and reports whether there may be more of them.
func (s *Scan) Step(n int) (more bool) {
	for r := range s.view.candidates(&s.query) {
		if n == 0 {
			return true
		}
		n--
		s.query.After = r.session.Key()
		if s.matcher.Matches(r.session, time.Unix(0, r.modified)) {
			s.add(r)
		}
	}
	return false
}

func (s *Scan) add(r row) {
	s.total++
	found := ranked{rankOf(r, s.page.order.By, s.query.SeenAt), r}
	if s.after != nil && s.page.compare(found.rank, *s.after) <= 0 {
		return
	}
	s.behind++
	switch {
	case len(s.page.rows) < s.query.Limit:
		heap.Push(&s.page, found)
	case s.page.compare(found.rank, s.page.rows[0].rank) < 0:
		s.page.rows[0] = found
		heap.Fix(&s.page, 0)
	}
}

// Page returns the sessions that were found, in their order, and whether there are more
// behind them. The scan must be done.
func (s *Scan) Page() (page []session.Loaded, more bool) {
	slices.SortFunc(s.page.rows, func(a, b ranked) int { return s.page.compare(a.rank, b.rank) })
	page = make([]session.Loaded, len(s.page.rows))
	for i, found := range s.page.rows {
		page[i] = found.row.loaded()
		if s.page.order.By == session.SortSeen && found.rank.Number > 0 {
			page[i].SeenAt = time.Unix(0, found.rank.Number).UTC()
		}
	}
	return page, s.behind > len(page)
}

// Total returns how many sessions pass the filter, on whatever page. The scan must be done.
func (s *Scan) Total() int { return s.total }

// ranked is a session and its rank.
type ranked struct {
	rank Rank
	row  row
}

// ranking is a heap of sessions whose first is the last in order.
type ranking struct {
	order session.Sort
	rows  []ranked
}

var _ heap.Interface = (*ranking)(nil)

func (h *ranking) compare(a, b Rank) int {
	if h.order.Descending {
		a, b = b, a
	}
	return a.compare(b)
}

// Len implements [heap.Interface].
func (h *ranking) Len() int { return len(h.rows) }

// Less implements [heap.Interface].
func (h *ranking) Less(i, j int) bool { return h.compare(h.rows[i].rank, h.rows[j].rank) > 0 }

// Swap implements [heap.Interface].
func (h *ranking) Swap(i, j int) { h.rows[i], h.rows[j] = h.rows[j], h.rows[i] }

// Push implements [heap.Interface].
func (h *ranking) Push(x any) { h.rows = append(h.rows, x.(ranked)) }

// Pop implements [heap.Interface].
func (h *ranking) Pop() any {
	last := h.rows[len(h.rows)-1]
	h.rows = h.rows[:len(h.rows)-1]
	return last
}

// Count returns how many sessions pass a query's filter, if that is known without looking
// at them.
func (v *View) Count(q Query) (n int, known bool) {
	f := q.Filter
	f.App, f.Status = "", ""
	if f != (session.Filter{}) || q.Prefix != "" {
		return 0, false
	}
	counts := v.totals
	if q.App != "" {
		counts, _ = v.counts.get(q.App)
	}
	switch q.Status {
	case session.StatusPending:
		return counts.Pending, true
	case session.StatusAccepted:
		return counts.Sessions - counts.Pending, true
	}
	return counts.Sessions, true
}
