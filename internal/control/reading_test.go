package control

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"sessiond/internal/store"
)

// Who asks for something is reading for a while; who asks the daemon to act is not.
func TestReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ready := make(chan struct{})
		close(ready)
		act := func(*Server, http.ResponseWriter, *request) error { return nil }
		s := newServer(Config{Store: store.New(time.Now()), Log: zap.NewNop()}, []route{
			{method: "POST", pattern: "/act", changes: true, handle: act},
			{method: "GET", pattern: "/read", handle: act},
		})
		ask := func(method, path string, want bool) {
			t.Helper()
			time.Sleep(time.Millisecond)
			one, _ := pair(t)
			r := httptest.NewRequestWithContext(withConn(t.Context(), one), method, path, nil)
			s.ServeHTTP(httptest.NewRecorder(), r)
			if got := s.Reading(); got != want {
				t.Errorf("%s %s: reading is %v", method, path, got)
			}
		}
		if s.Reading() {
			t.Error("somebody is reading who never asked")
		}
		ask("POST", "/act", false)
		ask("GET", "/nothing", false)
		ask("GET", "/read", true)
		ask("POST", "/act", true)
		time.Sleep(readingFor)
		if s.Reading() {
			t.Error("somebody is reading who asked long ago")
		}
	})
}
