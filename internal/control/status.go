package control

import "net/http"

// status answers GET /v1/status.
func (s *Server) status(w http.ResponseWriter, _ *request) error {
	return s.reply(w, s.refresher.Status())
}
