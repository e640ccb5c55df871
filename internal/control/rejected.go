package control

import (
	"net/http"

	"sessiond/internal/access"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// rejected answers GET /v1/rejected. Administrators are told where the files are and,
// where they can be deleted, their entity tags, for which they are read.
func (s *Server) rejected(w http.ResponseWriter, r *request) error {
	view := s.store.View()
	filter, err := parseFileFilter(r.query, view.Epoch())
	if err != nil {
		return err
	}
	var found []*session.ActiveError
	var after session.Key
	err = s.scans.scan(r.Context(), func() {
		view = s.store.View() // it may have waited
		found, after = view.Rejected(filter)
	})
	if err != nil {
		return err
	}
	answer := api.RejectedPage{Files: make([]api.RejectedFile, len(found)), Epoch: view.Epoch(), Revision: view.Revision()}
	isAdmin := s.admin != nil && r.by.level() >= access.Admin // a follower has no files
	for i, problem := range found {
		file := api.RejectedFile{ActiveError: *problem, Remedy: api.Remedy(session.Code(problem.ErrCode))}
		if isAdmin {
			file.Path = s.admin.Path(problem.Session)
			if digest, ok := s.admin.Digest(problem.Session); ok {
				file.ETag = digest.String()
			}
		}
		answer.Files[i] = file
	}
	if after.IsFile() {
		answer.Next = formatCursor(view.Epoch(), after)
	}
	return s.replyLarge(w, r, len(answer.Files)*errorBytes, answer)
}
