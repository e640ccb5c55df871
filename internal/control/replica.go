package control

import (
	"net/http"

	"sessiond/internal/api"
)

// adoptHeld answers POST /v1/replica/adopt.
func (s *Server) adoptHeld(w http.ResponseWriter, r *request) error {
	adopted, err := s.adopt(actorOf(r.Request))
	if err != nil {
		return newProblem(api.KindNotHeld, "there is nothing to adopt: %v", err)
	}
	return s.reply(w, adopted)
}
