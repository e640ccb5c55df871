package control

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.uber.org/zap"
)

const (
	typeJSON    = "application/json"
	typeProblem = "application/problem+json"
	typeSchema  = "application/schema+json"
	typeStream  = "application/x-ndjson"
)

// maxBuffer is how large a buffer is kept for further answers, in bytes: an answer about
// one session takes a few kilobytes.
const maxBuffer = 64 << 10

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
	buffer, _ := s.buffers.Get().(*[]byte)
	if buffer == nil {
		buffer = new([]byte)
	}
	*buffer = append(appendTo((*buffer)[:0]), '\n')
	s.write(w, http.StatusOK, typeJSON, *buffer)
	if cap(*buffer) <= maxBuffer {
		s.buffers.Put(buffer)
	}
}

// replyLarge is reply for a value whose JSON may be large: of about so many bytes at
// most, for which it borrows.
func (s *Server) replyLarge(w http.ResponseWriter, r *request, bytes int, value any) error {
	loan, err := s.borrow(r.Context(), bytes)
	if err != nil {
		return err
	}
	defer loan.repay()
	body, err := json.Marshal(value, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return fmt.Errorf("cannot write the answer: %w", err)
	}
	loan.shrink(len(body))
	s.writeWithin(w, loan.limit, http.StatusOK, typeJSON, append(body, '\n'))
	return nil
}

// writeLarge is writeJSON for what may be large, of so many bytes at most.
func (s *Server) writeLarge(w http.ResponseWriter, r *request, bytes int, appendTo func([]byte) []byte) error {
	loan, err := s.borrow(r.Context(), bytes)
	if err != nil {
		return err
	}
	defer loan.repay()
	body := append(appendTo(nil), '\n')
	loan.shrink(len(body))
	s.writeWithin(w, loan.limit, http.StatusOK, typeJSON, body)
	return nil
}

// stream answers with a value as JSON, which is written while it is encoded.
func (s *Server) stream(w http.ResponseWriter, limit time.Duration, value any) {
	extend(w, limit)
	w.Header().Set("Content-Type", typeJSON)
	w.Header().Set("Cache-Control", "no-store")
	if json.MarshalWrite(w, value, jsontext.AllowInvalidUTF8(true)) == nil {
		_, _ = w.Write([]byte{'\n'}) // who is gone need not be told
	}
}

// fail answers with a failure.
func (s *Server) fail(w http.ResponseWriter, p *problem) {
	if p.allow != "" {
		w.Header().Set("Allow", p.allow)
	}
	if p.retryAfter != "" {
		w.Header().Set("Retry-After", p.retryAfter)
	}
	if p.close {
		w.Header().Set("Connection", "close")
	}
	if p.ETag != "" {
		w.Header().Set("ETag", strconv.Quote(p.ETag))
	}
	body, err := json.Marshal(p.Problem, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		s.log.Error("cannot write a failure", zap.Error(err))
	}
	s.write(w, p.Status, typeProblem, append(body, '\n'))
}

// write sends a whole answer, for which the client gets the usual time.
func (s *Server) write(w http.ResponseWriter, status int, contentType string, body []byte) {
	s.writeWithin(w, s.limits.Write, status, contentType, body)
}

func (s *Server) writeWithin(w http.ResponseWriter, limit time.Duration, status int, contentType string, body []byte) {
	extend(w, limit)
	header := w.Header()
	header.Set("Content-Type", contentType)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) //nolint:gosec // no page, which Content-Type says; and who is gone need not be told
}

// extend gives the client the usual time to take what is written next.
func (s *Server) extend(w http.ResponseWriter) { extend(w, s.limits.Write) }

// extend gives the client so much time to take what is written next.
func extend(w http.ResponseWriter, limit time.Duration) {
	// It fails only where the connection is gone, and then so does the write.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(limit))
}
