package check

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sessiond/internal/session"
)

// What a check says of a session that is not in memory.
func TestMiss(t *testing.T) {
	const there = true
	found := func(exists bool, err error) func(session.Key) (bool, error) {
		return func(session.Key) (bool, error) { return exists, err }
	}
	for name, test := range map[string]struct {
		change func(w *world)
		status int
	}{
		"loading":               {func(w *world) { w.files.loading = true }, 503},
		"no file":               {func(*world) {}, 401},
		"a root that is away":   {func(w *world) { w.files.find = found(false, errors.New("another root")) }, 503},
		"no file, in motion":    {func(w *world) { unsettle(w, key()) }, 503},
		"no file, folder":       {func(w *world) { unsettle(w, key().Folder()) }, 503},
		"no file, root":         {func(w *world) { unsettle(w, session.Key{}) }, 503},
		"no file, other folder": {func(w *world) { unsettle(w, session.Key{App: "c.d"}) }, 401},
		"no file, other file":   {func(w *world) { unsettle(w, session.Key{App: key().App, ID: "x"}) }, 401},
		"a new file": {func(w *world) {
			w.files.find = found(there, nil)
			w.files.look = func(context.Context, session.Key) (session.Report, error) {
				admit(w.store, typical(session.StatusAccepted))
				return session.Report{Counts: session.Counts{Checked: 1, Admitted: 1}}, nil
			}
		}, 200},
		"a new file of a pending session": {func(w *world) {
			w.files.find = found(there, nil)
			w.files.look = func(context.Context, session.Key) (session.Report, error) {
				admit(w.store, typical(session.StatusPending))
				return session.Report{}, nil
			}
		}, 403},
		"a rejected file": {func(w *world) {
			w.files.find = found(there, nil)
			w.files.look = func(context.Context, session.Key) (session.Report, error) {
				return session.Report{Counts: session.Counts{Checked: 1, Rejected: 1}, Errors: []session.Problem{{Session: key(), ErrCode: 3}}}, nil
			}
		}, 401},
		"a file that has gone": {func(w *world) {
			w.files.find = found(there, nil)
			w.files.look = func(context.Context, session.Key) (session.Report, error) { return session.Report{}, nil }
		}, 401},
		"a file that is not admitted": {func(w *world) {
			w.files.find = found(there, nil)
			w.files.look = func(context.Context, session.Key) (session.Report, error) {
				return session.Report{Counts: session.Counts{Checked: 1, NotInMemory: 1}}, nil
			}
		}, 503},
		"an unsettled file": {func(w *world) {
			w.files.find = found(there, nil)
			w.files.look = func(context.Context, session.Key) (session.Report, error) {
				return session.Report{Unsettled: []session.Unsettled{{Session: key(), Reason: session.ReasonUnreadable}}}, nil
			}
		}, 503},
		"no pass": {func(w *world) {
			w.files.find = found(there, nil)
			w.files.look = func(context.Context, session.Key) (session.Report, error) {
				return session.Report{}, errors.New("the daemon is stopping")
			}
		}, 503},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			test.change(w)
			answer := w.ask(t, "Bearer "+published)
			defer answer.Body.Close()
			if answer.StatusCode != test.status {
				t.Errorf("the status is %d, want %d", answer.StatusCode, test.status)
			}
		})
	}
}

func unsettle(w *world, about session.Key) {
	w.store.Apply(session.Outcome{Unsettled: []session.Transition[session.Unsettled]{{
		Session: about, Now: &session.Unsettled{Session: about, Reason: session.ReasonInMotion},
	}}})
}

// A pass that takes too long is 503 after two and a half seconds.
func TestLateMiss(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.files.find = func(session.Key) (bool, error) { return true, nil }
		w.files.look = func(ctx context.Context, _ session.Key) (session.Report, error) {
			<-ctx.Done()
			return session.Report{}, ctx.Err()
		}
		began := time.Now()
		answer := w.ask(t, "Bearer "+published)
		defer answer.Body.Close()
		if took := time.Since(began); answer.StatusCode != http.StatusServiceUnavailable || took != 2500*time.Millisecond {
			t.Errorf("the status is %d after %v", answer.StatusCode, took)
		}
		if w.Looks() != 0 {
			t.Errorf("%d looks are in hand", w.Looks())
		}
		synctest.Wait()
	})
}

// All who ask for a file share a pass, and those who came while it ran ask once more
// where it did not find the file yet.
func TestMissesShareAPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.files.find = func(session.Key) (bool, error) { return true, nil }
		w.files.look = func(context.Context, session.Key) (session.Report, error) {
			time.Sleep(time.Second)
			if w.files.looks.Load() == 2 {
				admit(w.store, typical(session.StatusAccepted))
			}
			return session.Report{}, nil
		}
		var asking sync.WaitGroup
		statuses := make([]int, 50)
		for i := range statuses {
			asking.Go(func() {
				_, in, known := w.lookUp(t.Context(), key())
				statuses[i] = map[bool]int{true: 200, false: 401}[in && known]
			})
			if i == 0 {
				synctest.Wait() // it asks for the pass
			}
		}
		synctest.Wait()
		if got := w.Looks(); got != len(statuses) {
			t.Errorf("%d looks are in hand, want %d", got, len(statuses))
		}
		asking.Wait()
		if statuses[0] != 401 || w.files.looks.Load() != 2 {
			t.Errorf("the first is told %d after %d passes", statuses[0], w.files.looks.Load())
		}
		for i, status := range statuses[1:] {
			if status != 200 {
				t.Errorf("number %d is told %d", i+1, status)
			}
		}
	})
}

// There are no more than 100 passes a second, and tokens without a file use up none.
func TestRateOfPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.files.find = func(k session.Key) (bool, error) { return k.App == key().App, nil }
		w.files.look = func(context.Context, session.Key) (session.Report, error) { return session.Report{}, nil }
		ask := func(app, id string) int {
			answer := w.ask(t, "Bearer "+tokenOf(app, id, team))
			defer answer.Body.Close()
			return answer.StatusCode
		}
		for n := range 1000 {
			if got := ask("com.example.none", fmt.Sprint(n)); got != 401 {
				t.Fatalf("a random token is told %d", got)
			}
		}
		for n := range 101 {
			want := 401
			if n == 100 {
				want = 503
			}
			if got := ask(application, fmt.Sprint(n)); got != want {
				t.Fatalf("number %d is told %d, want %d", n, got, want)
			}
		}
		time.Sleep(time.Second)
		if got := ask(application, "x"); got != 401 {
			t.Errorf("a second later one is told %d", got)
		}
	})
}
