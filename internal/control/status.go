package control

import "net/http"

// status answers GET /v1/status.
func (s *Server) status(w http.ResponseWriter, r *request) error {
	return s.reply(w, r, s.refresher.Status())
}
