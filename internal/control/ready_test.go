package control_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sessiond/internal/api"
	"sessiond/internal/control"
	"sessiond/internal/session"
)

// needReady returns routes whose answer before the first load would be wrong.
func needReady() []string {
	return []string{"/v1/apps", "/v1/errors", "/v1/sessions", "/v1/sessions/a.b/c", "/v1/events?since=1"}
}

// newLoadingWorld serves for a daemon that has not loaded its sessions yet.
func newLoadingWorld(t *testing.T, adjust ...func(*control.Config)) *world {
	t.Helper()
	return serveWorld(t, &daemon{ready: make(chan struct{})}, adjust...)
}

func TestBeforeTheFirstLoad(t *testing.T) {
	w := newLoadingWorld(t, func(cfg *control.Config) { cfg.Limits.Ready = time.Millisecond })
	for _, path := range append(needReady(), "/readyz") {
		w.get(path).mustFail(t, http.StatusServiceUnavailable, "still loading")
	}
	w.daemon.refresh = func(context.Context) (session.Report, error) { return session.Report{}, nil }
	w.post("/v1/refresh").mustBe(t, "application/json")
	for _, path := range []string{"/healthz", "/v1/status"} {
		w.get(path).mustBe(t, "application/json")
	}
	close(w.daemon.ready)
	w.get("/readyz").mustBe(t, "application/json")
}

func TestRequestsWaitForTheFirstLoad(t *testing.T) {
	bubble(t, control.Config{}, func(t *testing.T, w *bubbled) {
		w.daemon.ready = make(chan struct{})
		conn := w.begin("GET /v1/sessions HTTP/1.1\r\nHost: sessiond\r\n\r\n")
		answers := make(chan answer, 1)
		go func() { answers <- readAnswer(t, conn) }()
		synctest.Wait() // until nothing goes on any more, of its own accord
		select {
		case early := <-answers:
			t.Fatalf("answered before the load: %s", early.body)
		default:
		}
		w.store.Apply(session.Outcome{
			Changes: []session.MemoryChange{{Session: newSession(key, ""), Kind: session.ChangeAdmitted}},
		})
		close(w.daemon.ready)
		got := read[api.Page](t, (<-answers).mustBe(t, "application/json"))
		if len(got.Sessions) != 1 {
			t.Errorf("got %d sessions, want 1", len(got.Sessions))
		}
	})
}

func TestTheEndBeforeTheFirstLoad(t *testing.T) {
	w := newLoadingWorld(t, func(cfg *control.Config) { cfg.Limits.Grace = patience })
	var asking sync.WaitGroup
	conns := make([]answer, len(needReady()))
	for i, path := range needReady() {
		conn := w.dial()
		write(t, conn, "GET "+path+" HTTP/1.1\r\nHost: sessiond\r\n\r\n")
		asking.Go(func() { conns[i] = readAnswer(t, conn) })
	}
	eventually(t, "all are waiting", func() bool { return w.daemon.readyAsked.Load() == int64(len(needReady())) })
	w.stop()
	asking.Wait()
	for _, got := range conns {
		got.mustFail(t, http.StatusServiceUnavailable, "stopping")
	}
}
