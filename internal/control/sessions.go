package control

import (
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// page is the answer to GET /v1/sessions.
type page struct {
	Sessions []session.Summary `json:"sessions"`
	Next     string            `json:"next,omitempty"` // absent on the last page
	Revision uint64            `json:"revision"`
}

// sessions answers GET /v1/sessions.
func (s *Server) sessions(w http.ResponseWriter, r *request) error {
	filter, err := parseFilter(r.query)
	if err != nil {
		return err
	}
	view := s.store.View()
	found, more := view.Select(filter)
	answer := page{Sessions: make([]session.Summary, len(found)), Revision: view.Revision()}
	for i, one := range found {
		answer.Sessions[i] = one.Summary()
	}
	if more {
		answer.Next = formatCursor(found[len(found)-1].Key())
	}
	return s.reply(w, answer)
}

// detail is the answer to GET /v1/sessions/{app}/{id}.
type detail struct {
	session.Summary
	Content jsontext.Value `json:"content"`
}

// session answers GET /v1/sessions/{app}/{id}.
func (s *Server) session(w http.ResponseWriter, r *request) error {
	key, err := keyOf(r.Request)
	if err != nil {
		return err
	}
	view := s.store.View()
	found, ok := view.Get(key)
	if !ok {
		return notInMemory(view, key)
	}
	return s.reply(w, detail{Summary: found.Summary(), Content: found.Content()})
}

// notInMemory returns the failure of asking for a session that is not there, with
// the reason if one is known.
func notInMemory(view *store.View, key session.Key) *problem {
	if why, ok := view.Problem(key); ok {
		return newProblem(http.StatusNotFound, "the session %q is not in memory; its file has %s", key, why.String())
	}
	return newProblem(http.StatusNotFound, "the session %q is not in memory", key)
}
