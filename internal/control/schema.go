package control

import (
	"net/http"

	"sessiond/internal/validate"
)

// schema answers GET /v1/schema.
func (s *Server) schema(w http.ResponseWriter, r *request) error {
	s.write(w, r.Request, http.StatusOK, typeSchema, validate.Schema())
	return nil
}
