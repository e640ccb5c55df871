package control

import (
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
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

// Who watches over the daemon is told who asks again and again over one connection,
// without another in between.
func TestReadsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []bool
		gone := make(chan struct{})
		act := func(*Server, http.ResponseWriter, *request) error { return nil }
		s := newServer(Config{Store: store.New(time.Now()), Log: zap.NewNop(), OnRead: func(again bool) { told = append(told, again) }}, []route{
			{method: "POST", pattern: "/act", changes: true, handle: act},
			{method: "GET", pattern: "/read", handle: act},
			{method: "GET", pattern: "/follow", follows: true, handle: func(*Server, http.ResponseWriter, *request) error { <-gone; return nil }},
			{method: "GET", pattern: "/long", handle: func(*Server, http.ResponseWriter, *request) error { <-gone; return nil }},
		})
		var conns []*conn
		for i := range uint64(2) {
			one, _ := pair(t)
			one.number = i + 1
			conns = append(conns, one)
		}
		for i, step := range []struct {
			after time.Duration
			over  int
			path  string
			want  []bool
		}{
			{0, 0, "/read", []bool{false}},
			{0, 0, "/read", []bool{true}},
			{inARow - 1, 0, "/read", []bool{true}},
			{inARow, 0, "/read", []bool{false}},
			{0, 1, "/read", []bool{false}},
			{0, 1, "/read", []bool{true}},
			{0, 0, "/read", []bool{false}},
			{0, 0, "/act", nil},
			{0, 1, "/act", nil},
			{0, 0, "/read", []bool{true}},
			{0, 1, "/follow", []bool{false}}, // and goes on
			{0, 0, "/read", []bool{false}},
			{0, 0, "/read", []bool{true}},
			{0, 1, "/long", []bool{false}}, // and goes on
			{0, 0, "/read", []bool{false}},
			{0, 0, "/read", []bool{false}},
		} {
			time.Sleep(step.after)
			told = nil
			method := "GET"
			if step.path == "/act" {
				method = "POST"
			}
			r := httptest.NewRequestWithContext(withConn(t.Context(), conns[step.over]), method, step.path, nil)
			go s.ServeHTTP(httptest.NewRecorder(), r)
			synctest.Wait()
			if !slices.Equal(told, step.want) {
				t.Errorf("step %d: told %v, want %v", i, told, step.want)
			}
		}
		close(gone)
	})
}

func TestConnectionsAreNumbered(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	clients := newConns(ln, 10, time.Second)
	defer clients.Close()
	for want := uint64(1); want <= 3; want++ {
		client, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { client.Close() })
		accepted, err := clients.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { accepted.Close() })
		if one := accepted.(*conn); one.number != want {
			t.Errorf("connection %d has the number %d", want, one.number)
		}
	}
}
