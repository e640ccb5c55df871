package control

import (
	"net/http"

	"sessiond/internal/session"
)

// refresh answers POST /v1/refresh.
func (s *Server) refresh(w http.ResponseWriter, r *request) error {
	look := s.refresher.Refresh
	if r.query.Has("takeRoot") {
		if value := r.query.Get("takeRoot"); value != "1" {
			return badQuery("takeRoot is %q; it may be 1", value)
		}
		look = s.refresher.TakeRoot
	}
	report, err := look(r.Context())
	if err != nil {
		return newProblem(http.StatusServiceUnavailable, "cannot refresh now: %v", err)
	}
	return s.replyReport(w, report)
}

// replyReport answers with a pass's report. The list of changes, which only a
// status leaves out, is there even if it is empty.
func (s *Server) replyReport(w http.ResponseWriter, report session.Report) error {
	if report.Changes == nil {
		report.Changes = []session.Change{}
	}
	return s.reply(w, report)
}
