package control

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"time"

	"go.uber.org/zap"

	"sessiond/internal/access"
	"sessiond/internal/api"
	"sessiond/internal/control/socket"
	"sessiond/internal/session"
)

// maxBody is how long the body of a request may be, in bytes, but for [api.MaxChangesBody].
const maxBody = 64 << 10

// bodyLimit returns how long the body of a request may be, and whether it says anything. Only
// an administrator's may take much memory.
func bodyLimit(r *http.Request) (limit int64, says bool) {
	switch {
	case r.Method == http.MethodPatch:
		return maxBody, true
	case r.Method == http.MethodPost && r.URL.Path == changesPath && callerOf(r.Context()).level() == access.Admin:
		return api.MaxChangesBody, true
	}
	return maxBody, false
}

// request is a request whose body and query were read.
type request struct {
	*http.Request
	query url.Values
	by    *caller
}

// ServeHTTP answers one request: it takes in the whole of it before anything is
// done, so that half a request never holds anything.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer s.recover(w, r)
	unread := s.readBody(w, r)
	if !socket.ConnOf(r.Context()).Work() {
		return
	}
	callerOf(r.Context()).peer() // while the connection is sure to be there
	if unread != nil {
		s.fail(w, unread)
		return
	}
	if p := s.checkOrigin(r); p != nil {
		s.fail(w, p)
		return
	}
	if !isClean(r.URL) {
		s.notFound(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// readBody takes the body, and drops it where the request is none whose body says
// anything. One that is not JSON is refused, because a page in a browser may send any
// other to whom it likes.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request) *problem {
	if r.ContentLength == 0 {
		return nil
	}
	socket.ConnOf(r.Context()).Receive() // where it is gone, so is the body
	// It fails only where the connection is gone. At the end of the body net/http
	// lifts it, so it does not bound the request.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.limits.Body))
	var body bytes.Buffer
	to := io.Discard
	limit, says := bodyLimit(r)
	if says {
		to = &body
	}
	length, err := io.Copy(to, http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	var p *problem
	switch {
	case err == nil && (length == 0 || isJSON(r)):
		if says {
			r.Body = io.NopCloser(&body)
		}
		return nil
	case err == nil:
		return newProblem(api.KindBodyNotJSON, "the body must be %s", typeJSON)
	case errors.As(err, &tooLarge):
		p = newProblem(api.KindBodyTooLarge, "the body has more than %d bytes", limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		p = newProblem(api.KindBodyLate, "the body did not arrive within %v", s.limits.Body)
	default:
		p = newProblem(api.KindBodyUnreadable, "cannot read the body: %v", err)
	}
	p.close = true
	return p
}

// isJSON reports whether the body is said to be JSON, or a merge patch where one makes
// sense.
func isJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && (kind == typeJSON || kind == api.TypeMergePatch && r.Method == http.MethodPatch)
}

// recover keeps a defect in a handler from being more than one client's failure.
// What was thrown is not logged as it is, since it could hold anything.
func (s *Server) recover(w http.ResponseWriter, r *http.Request) {
	thrown := recover()
	if thrown == nil {
		return
	}
	reason := fmt.Sprintf("%T", thrown)
	var known runtime.Error
	if err, ok := thrown.(error); ok && errors.As(err, &known) {
		reason = known.Error()
	}
	s.log.Error("cannot answer a request because of a defect",
		zap.String("request", r.Method+" "+r.Pattern), zap.String("reason", reason), zap.Stack("stack"))
	p := newProblem(api.KindInternal, "a defect in the daemon; its log tells more")
	p.close = true
	s.fail(w, p)
}

// logChange tells who asked the daemon to act.
func (s *Server) logChange(r *http.Request, status int) {
	fields := append([]zap.Field{
		zap.String("method", r.Method),
		zap.String("route", r.Pattern),
		zap.Int("status", status),
	}, callerOf(r.Context()).fields()...)
	if key, err := keyOf(r); err == nil {
		fields = append(fields, zap.String("session", key.Short()))
	}
	s.log.Info("request", fields...)
}

// keyOf returns the session that the path of a request names.
func keyOf(r *http.Request) (session.Key, error) {
	return session.ParseKey(r.PathValue("app") + "/" + r.PathValue("id"))
}
