package control

import "net/http"

// serveMetrics answers GET /metrics.
func (s *Server) serveMetrics(w http.ResponseWriter, r *request) error {
	s.extend(w)
	w.Header().Set("Cache-Control", "no-store")
	s.metrics.ServeHTTP(w, r.Request)
	return nil
}
