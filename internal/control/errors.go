package control

import (
	"net/http"
	"slices"

	"sessiond/internal/api"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

// errors answers GET /v1/errors: all current errors and all that is unsettled.
func (s *Server) errors(w http.ResponseWriter, r *request) error {
	view := s.store.View()
	key, limit, err := parsePage(r.query, view.Epoch())
	if err != nil {
		return err
	}
	var after *session.Key
	if r.query.Has("cursor") {
		after = &key // which may be the root's
	}
	page, last := errorPage(view, after, limit)
	if last != nil {
		page.Next = formatCursor(view.Epoch(), *last)
	}
	return s.replyLarge(w, r, (len(page.Errors)+len(page.Unsettled))*errorBytes, page)
}

// errorPage returns what is wrong or unsettled about the first keys after one, limit of
// them at most, and the last of these keys where there are more.
func errorPage(view *store.View, after *session.Key, limit int) (_ api.ErrorPage, last *session.Key) {
	// Of each, one more than can be needed shows whether there are more.
	problems, unsettled := view.Problems(after, limit+1), view.Unsettled(after, limit+1)
	p, u, key := 0, 0, session.Key{}
	for n := 0; p < len(problems) || u < len(unsettled); n++ {
		if n == limit {
			last = &key
			break
		}
		switch {
		case u == len(unsettled):
			key = problems[p].Session
		case p == len(problems):
			key = unsettled[u].Session
		default:
			key = slices.MinFunc([]session.Key{problems[p].Session, unsettled[u].Session}, session.Key.CompareReach)
		}
		if p < len(problems) && problems[p].Session == key {
			p++
		}
		if u < len(unsettled) && unsettled[u].Session == key {
			u++
		}
	}
	return api.ErrorPage{
		Errors:         problems[:p],
		ErrorsTotal:    view.CountProblems(),
		Unsettled:      unsettled[:u],
		UnsettledTotal: view.CountUnsettled().Total(),
		Epoch:          view.Epoch(),
		Revision:       view.Revision(),
	}, last
}
