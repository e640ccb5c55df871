package control

import (
	"net/http"

	"sessiond/internal/api"
	"sessiond/internal/session"
	"sessiond/internal/store"
)

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
	found = s.withSeen(found)
	w.Header().Set("ETag", etag(found.Digest()))
	return s.writeLarge(w, r, 2*boundOf([]session.Loaded{found}), func(to []byte) []byte { return api.AppendDetail(to, found) })
}

// unadmitted answers GET /v1/not-in-memory.
func (s *Server) unadmitted(w http.ResponseWriter, r *request) error {
	view := s.store.View()
	filter, err := parseFileFilter(r.query, view.Epoch())
	if err != nil {
		return err
	}
	var found []session.UnadmittedFile
	var after session.Key
	err = s.scans.scan(r.Context(), func() {
		view = s.store.View() // it may have waited
		found, after = view.Unadmitted(filter)
	})
	if err != nil {
		return err
	}
	answer := api.UnadmittedPage{Files: append([]session.UnadmittedFile{}, found...), Epoch: view.Epoch(), Revision: view.Revision()}
	if after.IsFile() {
		answer.Next = formatCursor(view.Epoch(), after)
	}
	return s.replyLarge(w, r, len(answer.Files)*entryBytes, answer)
}

// notInMemory returns the failure of asking for a session that is not there, with
// the reason if one is known.
func notInMemory(view *store.View, key session.Key) *problem {
	if why, ok := view.Problem(key); ok {
		return newProblem(api.KindNotInMemory, "the session %q is not in memory; its file has %s", key, why.String())
	}
	return newProblem(api.KindNotInMemory, "the session %q is not in memory", key)
}

// apps answers GET /v1/apps.
func (s *Server) apps(w http.ResponseWriter, r *request) error {
	var found []store.App
	if err := s.scans.scan(r.Context(), func() { found = s.store.View().Apps() }); err != nil {
		return err
	}
	answer := api.Apps{Apps: make([]api.App, len(found))}
	for i, app := range found {
		answer.Apps[i] = api.App(app)
	}
	return s.replyLarge(w, r, len(found)*entryBytes, answer)
}
