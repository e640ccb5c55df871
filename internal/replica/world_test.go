package replica

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
	"sessiond/internal/store"
)

// tree is what the files of a root come to: what each session says, and which files are
// rejected.
type tree map[session.Key]string

// rejected in a tree is a file that is rejected.
const rejected = "rejected"

// shown is what a view shows, comparable.
type shown struct {
	sessions map[string]string
	problems map[string]string
}

func showing(v *store.View) shown {
	s := shown{map[string]string{}, map[string]string{}}
	for l := range v.All() {
		s.sessions[l.Key().String()] = l.Details().Email + l.Modified.String()
	}
	for e := range v.AllProblems() {
		s.problems[e.Session.String()] = e.Detail
	}
	return s
}

func (s shown) equal(t shown) bool {
	return maps.Equal(s.sessions, t.sessions) && maps.Equal(s.problems, t.problems)
}

// daemon is an authority over a store.
type daemon struct {
	*Authority
	node  string
	store *store.Store
	log   *client
	pass  uint64
	tree  tree

	mu    sync.Mutex
	views map[uint64]shown // by the number of passes
}

const (
	testBeat  = time.Second
	testLease = 5 * time.Second
)

func newDaemon(l *memLog, node string, run session.Epoch) *daemon {
	d := &daemon{node: node, store: store.New(time.Now()), log: newClient(l), tree: tree{}, views: map[uint64]shown{}}
	began := time.Now()
	d.Authority = NewAuthority(AuthorityConfig{
		Log: d.log, Node: node, Run: run, Beat: testBeat, Lease: testLease,
		Clock:   func() time.Duration { return time.Since(began) },
		Source:  func() []byte { return fmt.Appendf(nil, `{"node":%q,"passes":%d}`, node, d.store.View().Passes()) },
		Changed: func(Status) {},
	})
	return d
}

// look makes the store show a tree, by a pass.
func (d *daemon) look(now tree, loaded bool) {
	d.pass++
	view := d.store.View()
	at := time.Now()
	o := session.Outcome{Report: session.Report{Pass: d.pass, Trigger: session.TriggerWatch, StartedAt: at}}
	keys := slices.SortedFunc(maps.Keys(union(d.tree, now)), session.Key.Compare)
	for _, key := range keys {
		was, had := d.tree[key]
		is, has := now[key]
		if had == has && was == is {
			continue
		}
		if had && was != rejected && (!has || is == rejected) {
			old, _ := view.Get(key)
			kind := session.ChangeDeleted
			if has {
				kind = session.ChangeInvalid
			}
			o.Changes = append(o.Changes, session.MemoryChange{Session: old.Session, Kind: kind, Removal: &session.Removal{}})
		}
		if has && is != rejected {
			kind := session.ChangeAdmitted
			if had && was != rejected {
				kind = session.ChangeUpdated
			}
			s := sessiontest.New(key, session.StatusAccepted, session.Details{Email: is})
			o.Changes = append(o.Changes, session.MemoryChange{Session: s, Kind: kind, Modified: at.UnixNano()})
		}
		if has && is == rejected {
			e := &session.ActiveError{Problem: *session.NewProblem(key, session.CodeSyntax, at.String()), Since: at.UTC()}
			o.Problems = append(o.Problems, session.Transition[session.ActiveError]{Session: key, Now: e})
		} else if was == rejected {
			o.Problems = append(o.Problems, session.Transition[session.ActiveError]{Session: key})
		}
	}
	d.tree = maps.Clone(now)
	d.store.Apply(o)
	after := d.store.View()
	d.mu.Lock()
	d.views[after.Passes()] = showing(after)
	d.mu.Unlock()
	d.Observe(after, &o, loaded)
}

func union(a, b tree) tree {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// at returns what the store showed after a number of passes.
func (d *daemon) at(n uint64) (shown, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.views[n]
	return s, ok
}

func newFollowing(l *memLog) (*Follower, *client) {
	began := time.Now()
	return newFollowingBy(l, func() time.Duration { return time.Since(began) })
}

func newFollowingBy(l *memLog, clock Clock) (*Follower, *client) {
	c := newClient(l)
	return NewFollower(FollowerConfig{
		Log: c, Store: store.New(time.Unix(0, 0)), StaleAfter: 3 * time.Second, StaleLimit: time.Minute,
		Clock:   clock,
		Changed: func(Status) {},
	}), c
}

// start runs something until the returned function is called, which waits for its end.
func start(t *testing.T, run func(context.Context)) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		run(ctx)
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		<-done
	})
	t.Cleanup(stop)
	return stop
}

// many returns a tree of n sessions.
func many(n int) tree {
	all := tree{}
	for i := range n {
		all[session.Key{App: "T.a.b", ID: fmt.Sprint(i)}] = "anna@example.com"
	}
	return all
}
