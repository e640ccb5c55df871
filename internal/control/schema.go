package control

import (
	"net/http"

	"sessiond/internal/validate"
)

// schema answers GET /v1/schema.
func (s *Server) schema(w http.ResponseWriter, _ *request) error {
	s.write(w, http.StatusOK, typeSchema, validate.Schema())
	return nil
}
