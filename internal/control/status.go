package control

import (
	"context"
	"net/http"
	"time"

	"sessiond/internal/api"
	"sessiond/internal/validate"
)

// status answers GET /v1/status.
func (s *Server) status(w http.ResponseWriter, r *request) error {
	status := s.refresher.Status()
	return s.replyLarge(w, r, 4<<10+(len(status.Errors)+len(status.Unsettled))*errorBytes+len(status.NotInMemoryFiles)*entryBytes, status)
}

// healthz answers GET /healthz: that it does is the answer.
func (s *Server) healthz(w http.ResponseWriter, _ *request) error {
	return s.reply(w, api.Health{Status: "ok"})
}

// readyz answers GET /readyz.
func (s *Server) readyz(w http.ResponseWriter, _ *request) error {
	select {
	case <-s.refresher.Ready():
		return s.reply(w, api.Health{Status: "ok"})
	default:
		return errLoading()
	}
}

// awaitReady waits for the first load.
func (s *Server) awaitReady(ctx context.Context) error {
	ready := s.refresher.Ready()
	select {
	case <-ready:
		return nil
	default:
	}
	late := time.NewTimer(s.limits.Ready)
	defer late.Stop()
	select {
	case <-ready:
		return nil
	case <-late.C:
		return errLoading()
	case <-ctx.Done():
		return errLoading()
	case <-stopOf(ctx).Done():
		return errStopping()
	}
}

func errLoading() *problem {
	return newProblem(api.KindLoading, "the daemon is still loading its sessions; try again soon")
}

// serveMetrics answers GET /metrics.
func (s *Server) serveMetrics(w http.ResponseWriter, r *request) error {
	s.extend(w)
	w.Header().Set("Cache-Control", "no-store")
	s.metrics.ServeHTTP(w, r.Request)
	return nil
}

// schema answers GET /v1/schema.
func (s *Server) schema(w http.ResponseWriter, _ *request) error {
	s.write(w, http.StatusOK, typeSchema, validate.Schema())
	return nil
}
