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
	after, limit, err := parsePage(r.query, view.Epoch())
	if err != nil {
		return err
	}
	found, more := view.Rejected(r.query.Get("app"), r.query.Get("prefix"), after, limit)
	answer := api.RejectedPage{Files: make([]api.RejectedFile, len(found)), Epoch: view.Epoch(), Revision: view.Revision()}
	isAdmin := r.by.level() >= access.Admin
	for i, problem := range found {
		file := api.RejectedFile{ActiveError: problem, Remedy: api.Remedy(session.Code(problem.ErrCode))}
		if isAdmin {
			file.Path = s.admin.Path(problem.Session)
			if digest, ok := s.admin.Digest(problem.Session); ok {
				file.ETag = digest.String()
			}
		}
		answer.Files[i] = file
	}
	if more {
		answer.Next = formatCursor(view.Epoch(), found[len(found)-1].Session)
	}
	return s.replyLarge(w, r, len(answer.Files)*errorBytes, answer)
}
