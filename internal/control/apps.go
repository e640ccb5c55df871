package control

import (
	"net/http"

	"sessiond/internal/session"
)

// appList is the answer to GET /v1/apps.
type appList struct {
	Apps []session.App `json:"apps"`
}

// apps answers GET /v1/apps.
func (s *Server) apps(w http.ResponseWriter, _ *request) error {
	return s.reply(w, appList{Apps: s.store.View().Apps()})
}
