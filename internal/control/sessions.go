package control

import (
	"net/http"
	"strconv"

	"sessiond/internal/session"
	"sessiond/internal/store"
)

// sessions answers GET /v1/sessions.
func (s *Server) sessions(w http.ResponseWriter, r *request) error {
	filter, err := parseFilter(r.query)
	if err != nil {
		return err
	}
	view := s.store.View()
	found, more := view.Select(filter)
	s.writeJSON(w, func(to []byte) []byte { return appendPage(to, found, more, view.Revision()) })
	return nil
}

// appendPage appends an object: sessions, next (absent on the last page), revision.
func appendPage(to []byte, found []session.Loaded, more bool, revision uint64) []byte {
	to = append(to, `{"sessions":[`...)
	for i, one := range found {
		if i > 0 {
			to = append(to, ',')
		}
		to = one.AppendSummary(to)
	}
	to = append(to, ']')
	if more {
		to = append(to, `,"next":"`...)
		to = append(to, formatCursor(found[len(found)-1].Key())...) // which needs no escape sequence
		to = append(to, '"')
	}
	to = append(to, `,"revision":`...)
	to = strconv.AppendUint(to, revision, 10)
	return append(to, '}')
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
	s.writeJSON(w, found.AppendDetail)
	return nil
}

// notInMemory returns the failure of asking for a session that is not there, with
// the reason if one is known.
func notInMemory(view *store.View, key session.Key) *problem {
	if why, ok := view.Problem(key); ok {
		return newProblem(http.StatusNotFound, "the session %q is not in memory; its file has %s", key, why.String())
	}
	return newProblem(http.StatusNotFound, "the session %q is not in memory", key)
}

// appList is the answer to GET /v1/apps.
type appList struct {
	Apps []session.App `json:"apps"`
}

// apps answers GET /v1/apps.
func (s *Server) apps(w http.ResponseWriter, _ *request) error {
	return s.reply(w, appList{Apps: s.store.View().Apps()})
}
