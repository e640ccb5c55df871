package notify

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

// sent is a request, and when it was sent.
type sent struct {
	at time.Duration // since the start
	message
}

// server stands in for a 4D server, without a network: synctest has no real ones.
type server struct {
	began time.Time
	got   []sent
	// down says that each request fails.
	down atomic.Bool
	// takes is how long an answer takes.
	takes time.Duration
}

func (s *server) answer(r *http.Request) (*http.Response, error) {
	var m message
	if err := json.UnmarshalRead(r.Body, &m, json.RejectUnknownMembers(true)); err != nil {
		return nil, err
	}
	s.got = append(s.got, sent{time.Since(s.began), m})
	select {
	case <-time.After(s.takes):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if s.down.Load() {
		return nil, errors.New("down")
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(`{"errors":[]}`))}, nil
}

// times returns when requests were sent, in seconds.
func (s *server) times() []float64 {
	var at []float64
	for _, r := range s.got {
		at = append(at, r.at.Seconds())
	}
	return at
}

// schedule runs a test in fake time with a Notifier at work that has told the server of
// the start.
func schedule(t *testing.T, test func(r *rig, s *server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r, s := newRig(t, "http://127.0.0.1/"), &server{began: time.Now()}
		r.client.Transport = roundTripper(s.answer)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); r.Run(ctx) }()
		defer func() { cancel(); <-ended }()
		synctest.Wait()
		if len(s.got) != 0 {
			t.Errorf("the server was told %v before anything was loaded", s.got)
		}
		r.settled()
		synctest.Wait()
		if len(s.got) != 1 || s.got[0].message != (message{Epoch: r.store.View().Epoch(), Revision: r.store.View().Revision(), Trigger: session.TriggerStartup}) {
			t.Fatalf("at the start, the server was told %v", s.got)
		}
		s.got, s.began = nil, time.Now()
		test(r, s)
	})
}

// wait lets some time pass.
func wait(d time.Duration) {
	time.Sleep(d) // of fake time
	synctest.Wait()
}

// A server is told of updates and removals, at most once an interval, with all that
// happened meanwhile; never of what was only admitted or found unchanged.
func TestOncePerInterval(t *testing.T) {
	schedule(t, func(r *rig, s *server) {
		wait(time.Minute)
		r.settled()
		r.pass(session.Outcome{
			Report:  session.Report{Counts: session.Counts{Admitted: 1}},
			Changes: []session.MemoryChange{{Session: aSession(9), Kind: session.ChangeAdmitted}},
		})
		wait(time.Minute)
		if len(s.got) != 0 {
			t.Fatalf("the server was told of nothing: %v", s.got)
		}
		s.began = time.Now()
		r.updated(1, session.TriggerWatch) // at once: the last request is long ago
		wait(time.Second)
		for range 5 { // from 1 s on
			r.updated(2, session.TriggerWatch)
			wait(time.Second)
		}
		r.updated(1, session.TriggerResync) // at 6 s
		wait(time.Minute)
		if got := s.times(); !slices.Equal(got, []float64{0, 10}) {
			t.Errorf("the server was told at %v", got)
		}
		if last := s.got[1]; last.Updated != 11 || last.Trigger != session.TriggerResync || last.Revision != r.store.View().Revision() {
			t.Errorf("the last request was %+v", last)
		}
		if r.Pending() || r.Status().State != api.NotifyFollowing || r.Status().Revision != r.store.View().Revision() {
			t.Errorf("the status is %+v", r.Status())
		}
	})
}

// A change through the daemon is told at once.
func TestEditsAtOnce(t *testing.T) {
	schedule(t, func(r *rig, s *server) {
		r.updated(1, session.TriggerWatch)
		wait(3 * time.Second)
		r.updated(1, session.TriggerEdit)
		wait(time.Second)
		if got := s.times(); !slices.Equal(got, []float64{3}) || s.got[0].Updated != 2 || s.got[0].Trigger != session.TriggerEdit {
			t.Fatalf("the server was told %v", s.got)
		}
		r.updated(1, session.TriggerWatch)
		wait(time.Minute)
		if got := s.times(); !slices.Equal(got, []float64{3, 13}) {
			t.Errorf("the server was told at %v", got)
		}
	})
}

// While the server is being told, edits wait for its answer: one request follows for all
// of them.
func TestOneAtATime(t *testing.T) {
	schedule(t, func(r *rig, s *server) {
		s.takes = 5 * time.Second
		for range 50 {
			r.updated(1, session.TriggerEdit)
			wait(100 * time.Millisecond)
		}
		wait(time.Minute)
		if got := s.times(); !slices.Equal(got, []float64{0, 5}) || s.got[0].Updated != 1 || s.got[1].Updated != 49 {
			t.Errorf("the server was told %v", s.got)
		}
	})
}

// Nothing is sent, of edits neither, while 4D's command would end sessions that are kept
// here. The status says what is waited for, a hint where it lasts.
func TestWaitsUntilSettled(t *testing.T) {
	for name, c := range map[string]struct {
		begin, end func(r *rig)
		reason     string
	}{
		"in motion": {
			func(r *rig) { r.unsettled(session.ReasonInMotion) }, func(r *rig) { r.unsettled("") }, "1 file is in motion",
		},
		"held back": {
			func(r *rig) { r.unsettled(session.ReasonManyGone) }, func(r *rig) { r.unsettled("") }, "1 removal is held back",
		},
		"the root's mount is away": {
			func(r *rig) { r.fault(session.Key{}, session.ErrOtherMount) }, func(r *rig) { r.fault(session.Key{}, nil) }, "a mount is away",
		},
		"the root cannot be listed": {
			func(r *rig) { r.fault(session.Key{}, session.ErrIO) }, func(r *rig) { r.fault(session.Key{}, nil) }, "the root cannot be listed",
		},
		"the mount of an app folder is away": {
			func(r *rig) { r.fault(session.Key{App: "a.b"}, session.ErrOtherMount) }, func(r *rig) { r.fault(session.Key{App: "a.b"}, nil) }, "a mount is away",
		},
	} {
		t.Run(name, func(t *testing.T) {
			schedule(t, func(r *rig, s *server) {
				c.begin(r)
				r.updated(1, session.TriggerEdit)
				wait(59 * time.Second)
				if status := r.Status(); len(s.got) > 0 || len(r.Hints()) > 0 || status.State != api.NotifyWaiting || !strings.Contains(status.Reason, c.reason) {
					t.Fatalf("the server was told %v, status %+v, hints %v", s.got, status, r.Hints())
				}
				wait(2 * time.Second)
				if hints := r.Hints(); len(hints) != 1 || hints[0].Code != api.HintNotifyWaits || !strings.Contains(hints[0].Text, c.reason) {
					t.Errorf("hints are %v", hints)
				}
				c.end(r)
				wait(time.Second)
				if got := s.times(); !slices.Equal(got, []float64{61}) || len(r.Hints()) > 0 {
					t.Errorf("the server was told at %v, hints %v", got, r.Hints())
				}
			})
		})
	}
}

// What cannot be judged for other reasons keeps nobody from being told: it may last for
// ever.
func TestUnreadableFilesDoNotMatter(t *testing.T) {
	schedule(t, func(r *rig, s *server) {
		r.unsettled(session.ReasonUnreadable)
		r.fault(aKey(1), session.ErrOtherMount) // of a file there is no mount
		r.fault(session.Key{App: "a.b"}, session.ErrIO)
		r.updated(1, session.TriggerEdit)
		wait(time.Second)
		if len(s.got) != 1 {
			t.Errorf("the server was told %v", s.got)
		}
	})
}

// A failure is followed by further attempts, each later than the one before up to a bound,
// with the newest state. Edits wait for these, too.
func TestBacksOff(t *testing.T) {
	schedule(t, func(r *rig, s *server) {
		s.down.Store(true)
		for range 600 {
			r.updated(1, session.TriggerEdit)
			wait(time.Second)
		}
		at := s.times()
		if len(at) < 8 || len(at) > 14 {
			t.Fatalf("in ten minutes, the server was told at %v", at)
		}
		least := []float64{10, 20, 40, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60}
		for i, later := range at[1:] {
			if pause := later - at[i]; pause < least[i] || pause > 1.5*least[i]+1 {
				t.Errorf("pause %d is %v s, after %v", i, pause, at)
			}
		}
		if got := s.got[1].Updated; got != int(s.got[1].at.Seconds())+1 && got != int(s.got[1].at.Seconds()) {
			t.Errorf("the second request is %+v", s.got[1])
		}
		status := r.Status()
		if status.State != api.NotifyFailing || status.Updated != 600 || !strings.Contains(status.Reason, "down") {
			t.Errorf("the status is %+v", status)
		}
		if hints := r.Hints(); len(hints) != 1 || hints[0].Code != api.HintNotifyFails || !strings.Contains(hints[0].Text, "down") {
			t.Errorf("hints are %v", hints)
		}
		if warned := r.logs.FilterMessageSnippet("does not follow").FilterLevelExact(1).Len(); warned != 1 {
			t.Errorf("%d warnings in the log", warned)
		}
		s.down.Store(false)
		wait(2 * time.Minute)
		if last := s.got[len(s.got)-1]; last.Updated != 600 || r.Pending() || len(r.Hints()) > 0 {
			t.Errorf("the server was told %+v, hints %v", last, r.Hints())
		}
	})
}

// A server that does not answer costs its time limit, and no pass waits for it.
func TestGivesUp(t *testing.T) {
	schedule(t, func(r *rig, s *server) {
		s.takes = time.Hour
		r.updated(1, session.TriggerWatch)
		wait(0)
		wait(10 * time.Second) // the interval since the start
		for range 9 {
			r.updated(1, session.TriggerEdit) // would hang with the server, if it waited
		}
		if r.Status().Reason != "the server is being told" {
			t.Errorf("the status is %+v", r.Status())
		}
		wait(timeout)
		if status := r.Status(); status.State != api.NotifyFailing || status.Reason != "the server did not answer within 10s" {
			t.Errorf("the status is %+v", status)
		}
	})
}
