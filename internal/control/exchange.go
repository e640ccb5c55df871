package control

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.uber.org/zap"

	"sessiond/internal/session"
)

// maxBody is how long the body of a request may be, in bytes. No route reads it.
const maxBody = 64 << 10

const (
	typeJSON    = "application/json"
	typeProblem = "application/problem+json"
	typeSchema  = "application/schema+json"
	typeStream  = "application/x-ndjson"
)

// ServeHTTP answers one request: it takes in the whole of it before anything is
// done, so that half a request never holds anything.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer s.recover(w, r)
	unread := s.readBody(w, r)
	if !connOf(r.Context()).enter(working) {
		return
	}
	if unread != nil {
		s.fail(w, unread)
		return
	}
	e := exchange{ResponseWriter: w}
	s.mux.ServeHTTP(&e, r)
	if e.refused != 0 {
		s.fail(w, unrouted(&e, r))
	}
}

// readBody takes the body and drops it.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request) *problem {
	if r.ContentLength == 0 {
		return nil
	}
	connOf(r.Context()).enter(receiving) // where it is gone, so is the body
	// It fails only where the connection is gone. At the end of the body net/http
	// lifts it, so it does not bound the request.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.limits.Body))
	_, err := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	var p *problem
	switch {
	case err == nil:
		return nil
	case errors.As(err, &tooLarge):
		p = newProblem(http.StatusRequestEntityTooLarge, "the body has more than %d bytes", maxBody)
	case errors.Is(err, os.ErrDeadlineExceeded):
		p = newProblem(http.StatusRequestTimeout, "the body did not arrive within %v", s.limits.Body)
	default:
		p = newProblem(http.StatusBadRequest, "cannot read the body: %v", err)
	}
	p.close = true
	return p
}

// reply answers with a value as JSON. A root or a folder may have a name that is
// not UTF-8; what cannot be written as JSON is replaced.
func (s *Server) reply(w http.ResponseWriter, value any) error {
	body, err := json.Marshal(value, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return fmt.Errorf("cannot write the answer: %w", err)
	}
	s.write(w, http.StatusOK, typeJSON, append(body, '\n'))
	return nil
}

// writeJSON answers with the JSON that is appended.
func (s *Server) writeJSON(w http.ResponseWriter, appendTo func([]byte) []byte) {
	body, _ := s.bodies.Get().(*[]byte) // there are no others in it
	*body = append(appendTo((*body)[:0]), '\n')
	s.write(w, http.StatusOK, typeJSON, *body)
	s.bodies.Put(body)
}

// fail answers with a failure.
func (s *Server) fail(w http.ResponseWriter, p *problem) {
	if p.allow != "" {
		w.Header().Set("Allow", p.allow)
	}
	if p.close {
		w.Header().Set("Connection", "close")
	}
	body, err := json.Marshal(p, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		s.log.Error("cannot write a failure", zap.Error(err))
	}
	s.write(w, p.Status, typeProblem, append(body, '\n'))
}

// write sends a whole answer.
func (s *Server) write(w http.ResponseWriter, status int, contentType string, body []byte) {
	s.extend(w)
	header, values := w.Header(), []string{contentType, strconv.Itoa(len(body)), "no-store"}
	header["Content-Type"] = values[0:1:1]
	header["Content-Length"] = values[1:2:2]
	header["Cache-Control"] = values[2:3:3]
	w.WriteHeader(status)
	_, _ = w.Write(body) // who is gone need not be told
}

// extend gives the client the usual time to take what is written next.
func (s *Server) extend(w http.ResponseWriter) {
	// It fails only where the connection is gone, and then so does the write.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.limits.Write))
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
		zap.String("route", r.Pattern), zap.String("reason", reason), zap.Stack("stack"))
	p := newProblem(http.StatusInternalServerError, "a defect in the daemon; its log tells more")
	p.close = true
	s.fail(w, p)
}

// logChange tells who asked the daemon to act.
func (s *Server) logChange(rt route, r *http.Request, err error) {
	status := http.StatusOK
	if err != nil {
		status = problemOf(err).Status
	}
	fields := append([]zap.Field{
		zap.String("request", rt.method+" "+rt.pattern),
		zap.Int("status", status),
	}, peerOf(connOf(r.Context()).Conn).fields()...)
	if key, err := keyOf(r); err == nil {
		fields = append(fields, zap.String("session", key.Short()))
	}
	s.log.Info("asked over the control socket", fields...)
}

// keyOf returns the session that the path of a request names.
func keyOf(r *http.Request) (session.Key, error) {
	return session.ParseKey(r.PathValue("app") + "/" + r.PathValue("id"))
}
