package control

import (
	"context"
	"net/http"
	"net/url"

	"sessiond/internal/api"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

// listQuery says which page of the sessions in memory is asked for.
type listQuery struct {
	store.Query
	sort  session.Sort
	after *store.Rank // nil at the beginning, and in the order of keys
	total bool        // whether it is asked how many pass the filter
	whole bool        // whether the page must not be short
}

// parseList reads which sessions GET /v1/sessions is to list.
func parseList(r *request, current session.Epoch) (q listQuery, err error) {
	if q.Filter, err = parseFilter(r.query); err != nil {
		return q, err
	}
	q.Prefix, q.Walk = r.query.Get("prefix"), maxWalk
	if q.Limit, err = parseLimit(r.query); err != nil {
		return q, err
	}
	if text := r.query.Get("sort"); text != "" {
		if q.sort, err = session.ParseSort(text); err != nil {
			return q, badQuery("%v", err)
		}
	}
	if q.total, err = isSet(r, "total"); err != nil {
		return q, err
	}
	err = q.parseCursor(r.query, current)
	return q, err
}

// parseCursor reads where the list goes on.
func (q *listQuery) parseCursor(query url.Values, current session.Epoch) (err error) {
	text := query.Get("cursor")
	switch {
	case text == "":
	case q.sort == session.Sort{}:
		q.After, err = parseCursor(text, current)
		q.after = &store.Rank{Key: q.After}
	default:
		q.after = new(store.Rank)
		*q.after, err = parseRank(text, q.sort, current)
	}
	return err
}

// listed is a page of the sessions in memory.
type listed struct {
	view  *store.View
	page  []session.Loaded
	after session.Key // where the list goes on in the order of keys
	more  bool
	total *int // how many pass the filter, where that is known
}

// list finds a page. Where the list is in the order of keys, that takes as many sessions
// as may be looked at for one page, and a page may be short. In any other order, and for a
// total that is not known without, all sessions are looked at, in turns.
func (s *Server) list(ctx context.Context, q *listQuery) (l listed, err error) {
	if err := s.requireSeen(&q.Filter, q.sort.By); err != nil {
		return l, err
	}
	q.SeenAt = s.seen.At
	whole := q.whole || q.sort != session.Sort{}
	if q.Duplicate != "" {
		if l.view, q.Duplicates, err = s.duplicatesNow(ctx); err != nil {
			return l, err
		}
	}
	err = s.scans.scan(ctx, func() {
		if l.view == nil {
			l.view = s.store.View()
		}
		if n, known := l.view.Count(q.Query); known {
			l.total = &n
		} else if q.total {
			whole = true
		}
		if !whole {
			l.page, l.after = l.view.Select(q.Query)
			l.more = l.after.IsFile()
		}
	})
	if err != nil || !whole {
		return l, err
	}
	scan := l.view.Scan(q.Query, q.sort, q.after)
	if err := s.scans.inTurns(ctx, func() bool { return scan.Step(maxWalk) }); err != nil {
		return l, err
	}
	n := scan.Total()
	l.page, l.more = scan.Page()
	l.total = &n
	return l, nil
}

// next returns the cursor after so many sessions of the page, nothing at the end of the
// list.
func (l *listed) next(order session.Sort, shown int) string {
	switch {
	case shown == len(l.page) && !l.more:
		return ""
	case shown == len(l.page) && l.after.IsFile():
		return formatCursor(l.view.Epoch(), l.after)
	case order == session.Sort{}:
		return formatCursor(l.view.Epoch(), l.page[shown-1].Key())
	}
	return formatRank(l.view.Epoch(), order, store.RankOf(l.page[shown-1], order.By))
}

// sessions answers GET /v1/sessions.
func (s *Server) sessions(w http.ResponseWriter, r *request) error {
	query, err := parseList(r, s.store.View().Epoch())
	if err != nil {
		return err
	}
	l, err := s.list(r.Context(), &query)
	if err != nil {
		return err
	}
	for i := range l.page {
		if query.sort.By != session.SortSeen { // by what was seen meanwhile, it would be elsewhere
			l.page[i] = s.withSeen(l.page[i])
		}
	}
	return s.writeLarge(w, r, boundOf(l.page), func(to []byte) []byte {
		next := func(shown int) string { return l.next(query.sort, shown) }
		return api.AppendPage(to, l.page, maxPage, next, l.total, l.view.Position())
	})
}
