package control

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/zap"

	"sessiond/internal/access"
	"sessiond/internal/api"
	"sessiond/internal/control/socket"
)

// served asks for a path as somebody with a level.
func (s *Server) served(method, path string, level access.Level) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://sessiond"+path, http.NoBody)
	by := &caller{peer: func() access.Peer { return access.Peer{Known: true, UID: 1000} }, level: func() access.Level { return level }}
	r = r.WithContext(withCaller(socket.WithConn(r.Context(), nil), by))
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	return w
}

// With writing off, no route that changes a file does, for whomever; the others do not
// care, and whoever may not change files is not told whether others may.
func TestWritingOff(t *testing.T) {
	called := 0
	done := func(_ *Server, w http.ResponseWriter, _ *request) error {
		called++
		w.WriteHeader(http.StatusOK)
		return nil
	}
	table := []route{
		{pattern: "/changes", operations: post(operation{level: access.Admin, writes: true, handle: done})},
		{pattern: "/reads", operations: post(operation{level: access.Admin, handle: done})},
	}
	for name, test := range map[string]struct {
		path    string
		level   access.Level
		enabled bool
		want    int
		kind    api.Kind
	}{
		"off":                {"/changes", access.Admin, false, http.StatusForbidden, api.KindWritingOff},
		"on":                 {"/changes", access.Admin, true, http.StatusOK, ""},
		"off, another route": {"/reads", access.Admin, false, http.StatusOK, ""},
		"off, who may not":   {"/changes", access.Read, false, http.StatusForbidden, api.KindAdminOnly},
		"on, who may not":    {"/changes", access.Read, true, http.StatusForbidden, api.KindAdminOnly},
	} {
		s := newServer(Config{Log: zap.NewNop(), Writing: func() api.Write { return api.Write{Enabled: test.enabled} }}, table)
		called = 0
		got := s.served(http.MethodPost, test.path, test.level)
		if got.Code != test.want || !strings.Contains(got.Body.String(), string(test.kind)) || (called == 1) != (test.want == http.StatusOK) {
			t.Errorf("%s: status %d, %d calls, %s; want %d and %q", name, got.Code, called, got.Body, test.want, test.kind)
		}
	}
}

// Whoever may only look may do what looks, and nothing else. A new route has to be put
// on one side or the other here.
func TestLevelsOfRoutes(t *testing.T) {
	admin := map[string]bool{
		"POST /v1/open":                     true,
		"POST /v1/replica/adopt":            true,
		"POST /v1/sessions/{app}/{id}/open": true,
		"GET /v1/trash":                     true,
		"GET /v1/audit":                     true,
	}
	writes := map[string]bool{
		"PATCH /v1/sessions/{app}/{id}":  true,
		"DELETE /v1/sessions/{app}/{id}": true,
		"POST /v1/trash/{item}/restore":  true,
		"DELETE /v1/trash/{item}":        true,
		"POST /v1/trash/purge":           true,
		"POST /v1/changes":               true,
	}
	for _, rt := range routes() {
		for method, op := range rt.operations {
			name := method + " " + rt.pattern
			if (op.level == access.Admin) != (admin[name] || writes[name]) {
				t.Errorf("%s has the level %v", name, op.level)
			}
			if op.writes != writes[name] {
				t.Errorf("%s changes files: %v", name, op.writes)
			}
			if rt.monitor && op.level != access.Read {
				t.Errorf("%s is for a monitor, and its level is %v", name, op.level)
			}
		}
	}
}
