package control_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/access"
	"sessiond/internal/api"
	"sessiond/internal/control"
	"sessiond/internal/session"
)

// readOnly is the level of somebody who may look.
func readOnly(cfg *control.Config) {
	cfg.Level = func(access.Peer) access.Level { return access.Read }
	cfg.AdminGroup = "phone-admins"
}

// Whoever may only look is told who may do more, and the daemon is asked for nothing.
func TestAdminsOnly(t *testing.T) {
	w := newWorld(t, readOnly)
	for _, path := range []string{
		"/v1/open", "/v1/open?removedSince=2026-11-22T18:00:00Z", "/v1/open?unknown=1", "/v1/refresh?takeRoot=1",
		"/v1/sessions/" + key.String() + "/open", "/v1/sessions/nokey/x/open",
	} {
		got := w.post(path).mustFail(t, http.StatusForbidden, `a member of the group "phone-admins"`)
		if got.Type != api.KindAdminOnly {
			t.Errorf("%s: the type is %q", path, got.Type)
		}
	}
	without := newWorld(t, readOnly, func(cfg *control.Config) { cfg.AdminGroup = "" })
	without.post("/v1/open").mustFail(t, http.StatusForbidden, "name a group of administrators with --admin-group")
}

// A refresh by somebody who may only look is under the brake.
func TestRefreshByLevel(t *testing.T) {
	for _, level := range []access.Level{access.Read, access.Admin} {
		w := newWorld(t, func(cfg *control.Config) { cfg.Level = func(access.Peer) access.Level { return level } })
		w.daemon.braked = func(context.Context) (session.Report, error) { return session.Report{Pass: uint64(access.Read)}, nil }
		w.daemon.refresh = func(context.Context) (session.Report, error) { return session.Report{Pass: uint64(access.Admin)}, nil }
		got := read[session.Report](t, w.post("/v1/refresh").mustBe(t, "application/json"))
		if got.Pass != uint64(level) {
			t.Errorf("%v: refreshed as %v", level, access.Level(got.Pass))
		}
	}
}

func TestMe(t *testing.T) {
	for _, level := range []access.Level{access.Read, access.Admin} {
		write := api.Write{Enabled: true, Method: "exchange"}
		w := newWorld(t, func(cfg *control.Config) {
			cfg.Level = func(access.Peer) access.Level { return level }
			cfg.Writing = func() api.Write { return write }
		})
		got := read[api.Me](t, w.get("/v1/me").mustBe(t, "application/json"))
		want, _ := me(t)
		want.Level, want.Write = level.String(), write
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// Who asks is found out once a connection, and only where that matters.
func TestLevelIsAskedOnce(t *testing.T) {
	var asked atomic.Int32
	self, _ := me(t)
	w := newWorld(t, func(cfg *control.Config) {
		cfg.Level = func(p access.Peer) access.Level {
			if asked.Add(1); !p.Known || p.User() != self.User {
				t.Errorf("asked about %+v", p)
			}
			return access.Admin
		}
	})
	w.daemon.openAll = func(context.Context) (session.Report, error) { return session.Report{}, nil }
	conn := w.dial()
	exchange := func(request string) {
		write(t, conn, request+" HTTP/1.1\r\nHost: sessiond\r\n\r\n")
		if got := readAnswer(t, conn); got.status != http.StatusOK {
			t.Fatalf("%s: %d, %s", request, got.status, got.body)
		}
	}
	exchange("GET /v1/sessions")
	if asked.Load() != 0 {
		t.Error("asked for somebody who only looks")
	}
	exchange("POST /v1/open")
	exchange("POST /v1/open")
	if asked.Load() != 1 {
		t.Errorf("asked %d times for one connection", asked.Load())
	}
}
