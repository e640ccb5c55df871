//go:build linux && cluster

package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// tolerance is by how much an age may be below the truth: the time that a head takes at
// least from the authority to a follower, and what busy processors add to all of the first
// ones.
const tolerance = 500 * time.Millisecond

// staleAfter is the usual limit.
const staleAfter = 3 * time.Second

// reader reads all that a daemon shows, again and again, and holds each answer against what
// is promised.
type reader struct {
	t        *testing.T
	node     string
	daemon   atomic.Pointer[harness.Daemon] // nil while it is not there
	reads    atomic.Int64
	stale    atomic.Int64 // answers that said their age
	groups   sync.Map     // the generations of the group that were seen
	failures atomic.Int64
	stop     func()
}

// reads begins to read at a daemon, until the end of the test.
func reads(t *testing.T, node string, d *harness.Daemon) *reader {
	r := &reader{t: t, node: node}
	r.daemon.Store(d)
	ctx, cancel := context.WithCancel(context.Background())
	var reading sync.WaitGroup
	r.stop = sync.OnceFunc(func() { cancel(); reading.Wait() })
	t.Cleanup(r.stop)
	reading.Go(func() {
		for ctx.Err() == nil {
			if d := r.daemon.Load(); d != nil {
				if err := r.look(ctx, d); err != nil && ctx.Err() == nil && r.daemon.Load() == d {
					r.fail("%v", err)
				}
			}
			time.Sleep(20 * time.Millisecond) // there are processors for others, too
		}
	})
	reading.Go(func() {
		for ctx.Err() == nil {
			d := r.daemon.Load()
			if d == nil {
				time.Sleep(20 * time.Millisecond)
				continue
			}
			err := d.Events(ctx, nil, r.event)
			if ctx.Err() == nil && r.daemon.Load() == d {
				r.fail("its events have ended: %v", err)
			}
		}
	})
	return r
}

// fail fails the test, and says no more after some.
func (r *reader) fail(format string, args ...any) {
	if r.failures.Add(1) <= 10 {
		r.t.Errorf(time.Now().Format("15:04:05.000 ")+r.node+": "+format, args...)
	}
	time.Sleep(100 * time.Millisecond)
}

// gone says that the daemon is about to end.
func (r *reader) gone() { r.daemon.Store(nil) }

// event holds an event against what is promised: no session ends that has a file.
func (r *reader) event(e session.Event) error {
	stays := false
	for n := range stayFiles {
		stays = stays || e.Session == harness.NthKey(app, n)
	}
	if (stays || e.Session.App == group) && e.Action == session.ActionRemoved {
		r.fail("it lost %s: %s", e.Session, e.Reason)
	}
	return nil
}

// look reads once.
func (r *reader) look(ctx context.Context, d *harness.Daemon) error {
	asked := time.Now()
	before, err := d.Now()
	if err != nil {
		return err
	}
	is := before.Replica
	if is.Role == api.RoleFollower {
		age := time.Duration(is.Age * float64(time.Second))
		if truth := asked.Sub(is.HeadAt); age < truth-tolerance {
			r.fail("its view is %v old, and it says %v", truth, age)
		}
		if says := is.State != "following"; age > staleAfter && !says {
			r.fail("its view is %v old, and its state is %s", age, is.State)
		}
	}
	asked = time.Now()
	page, age, err := readAll(ctx, d)
	if err != nil {
		return err
	}
	after, err := d.Now()
	if err != nil {
		return err
	}
	r.reads.Add(1)
	if after.Replica.Role == api.RoleFollower {
		// What was shown is no newer than what is shown now.
		if truth := asked.Sub(after.Replica.HeadAt); truth > staleAfter+tolerance && age < truth-tolerance {
			r.fail("what it shows is %v old, and the answer says %v", truth, age)
		}
		if age > 0 {
			r.stale.Add(1)
		}
	}
	return r.hold(&page)
}

// hold holds what is shown against what is promised.
func (r *reader) hold(page *api.Page) error {
	emails := map[session.Key]string{}
	for _, s := range page.Sessions {
		emails[s.Session] = s.Email
	}
	for n := range stayFiles {
		if key := harness.NthKey(app, n); emails[key] == "" {
			return fmt.Errorf("it has not %s, but %d sessions", key, len(emails))
		}
	}
	first := emails[harness.NthKey(group, 0)]
	for n := range groupFiles {
		if is := emails[harness.NthKey(group, n)]; is != first {
			return fmt.Errorf("it shows half a pass: %q and %q", first, is)
		}
	}
	r.groups.Store(first, true)
	return nil
}

// generations returns how many versions of the group were seen.
func (r *reader) generations() (n int) {
	r.groups.Range(func(any, any) bool { n++; return true })
	return n
}

// readAll returns all sessions, which are one page, and what the answer says of its age.
func readAll(ctx context.Context, d *harness.Daemon) (page api.Page, age time.Duration, err error) {
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://sessiond/v1/sessions?limit=1000", http.NoBody)
	if err != nil {
		return api.Page{}, 0, err
	}
	answer, err := d.RoundTrip(ask)
	if err != nil {
		return api.Page{}, 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return api.Page{}, 0, fmt.Errorf("it answers %s", answer.Status)
	}
	if text := answer.Header.Get("Age"); text != "" {
		seconds, err := strconv.Atoi(text)
		if err != nil {
			return api.Page{}, 0, err
		}
		age = time.Duration(seconds) * time.Second
	}
	err = json.UnmarshalRead(answer.Body, &page)
	if err == nil && page.Next != "" {
		err = errors.New("there are more pages")
	}
	return page, age, cmp.Or(err, ctx.Err())
}
