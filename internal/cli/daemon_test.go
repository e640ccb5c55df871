package cli

import (
	"context"
	"net/http"
	"testing"
	"time"

	"go.uber.org/zap"

	"sessiond/internal/api"
	"sessiond/internal/control"
	"sessiond/internal/control/socket"
	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
	"sessiond/internal/store"
)

// loaded is a daemon whose first load is over, and that makes no pass.
type loaded struct {
	control.Refresher
	status api.Status
}

func (loaded) Ready() <-chan struct{} {
	ready := make(chan struct{})
	close(ready)
	return ready
}

func (d loaded) Status() api.Status { return d.status }

// serveSessions runs the daemon's own routes over some sessions, and returns the
// socket.
func serveSessions(t *testing.T, sessions ...*session.Session) string {
	t.Helper()
	o := session.Outcome{Report: session.Report{Pass: 1, Trigger: session.TriggerStartup, StartedAt: started()}}
	for _, s := range sessions {
		o.Changes = append(o.Changes, session.MemoryChange{Session: s, Kind: session.ChangeAdmitted})
	}
	kept := store.New(started())
	kept.Apply(o)
	path := socketPath(t)
	ln, err := socket.Listen(socket.Config{Path: path, Mode: 0o600})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	server := control.New(control.Config{Refresher: loaded{}, Store: kept, Log: zap.NewNop(), Metrics: http.NotFoundHandler(), Limits: control.Limits{Grace: time.Nanosecond}})
	go func() {
		defer close(ended)
		if err := server.Serve(ctx, ln); err != nil {
			t.Errorf("Serve = %v", err)
		}
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return path
}

// sessionOf returns a session of an app that has a name.
func sessionOf(key session.Key, email, name string) *session.Session {
	team, id := "", key.App
	if key.App == contact {
		team, id = "UTT7VDX8W5", "com.contactApp.Contact"
	}
	return sessiontest.New(key, session.StatusAccepted, session.Details{
		Email:       email,
		Team:        session.Team{ID: team},
		Application: session.Application{ID: id, Name: name},
	})
}
