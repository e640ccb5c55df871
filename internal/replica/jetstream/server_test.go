package jetstream

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"sessiond/internal/replica"
	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
	"sessiond/internal/store"
)

// patience is how long a test waits for what has to come.
const patience = 20 * time.Second

// serve runs a server in the process until the end of the test.
func serve(t *testing.T, change ...func(*server.Options)) *server.Server {
	t.Helper()
	opts := &server.Options{
		ServerName: "test", Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true,
		JetStream: true, StoreDir: t.TempDir(), JetStreamMaxMemory: 1 << 30, JetStreamMaxStore: 1 << 30,
	}
	for _, f := range change {
		f(opts)
	}
	return run(t, opts)
}

func run(t *testing.T, opts *server.Options) *server.Server {
	t.Helper()
	s, err := server.NewServer(opts)
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(patience) {
		t.Fatal("the server does not start")
	}
	t.Cleanup(func() { stop(s) })
	return s
}

func stop(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

// configOf returns the configuration of a node for a server.
func configOf(s *server.Server, node string) Config {
	return Config{URLs: []string{s.ClientURL()}, Name: "test", Node: node}
}

func dialed(t *testing.T, cfg Config, r role) *Engine {
	t.Helper()
	e, err := dial(cfg, r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// connected is dialed, and there is a connection.
func connected(t *testing.T, s *server.Server, node string, r role) *Engine {
	t.Helper()
	e := dialed(t, configOf(s, node), r)
	eventually(t, "connected", e.conn.IsConnected)
	return e
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !is() {
		if time.Now().After(deadline) {
			t.Fatalf("it is never %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// daemon is an authority over a store.
type daemon struct {
	*replica.Authority
	store  *store.Store
	engine *Engine
	passes uint64
	files  map[session.Key]string
	stop   func()
}

// publishes runs an authority whose store shows some files.
func publishes(t *testing.T, e *Engine, files map[session.Key]string, change ...func(*replica.AuthorityConfig)) *daemon {
	t.Helper()
	d := &daemon{store: store.New(time.Now()), engine: e}
	cfg := replica.AuthorityConfig{
		Log: e, Node: e.cfg.Node, Run: d.store.View().Epoch(), Beat: 50 * time.Millisecond, Lease: 250 * time.Millisecond,
		Clock: replica.SystemClock, Source: func() []byte { return []byte(`{"admit":"follow"}`) }, Changed: func(replica.Status) {},
	}
	for _, f := range change {
		f(&cfg)
	}
	d.Authority = replica.NewAuthority(cfg)
	d.look(files)
	d.stop = started(t, d.Run)
	return d
}

// look makes a pass of which some files come, each with an e-mail address.
func (d *daemon) look(files map[session.Key]string) {
	d.passes++
	o := session.Outcome{Report: session.Report{Pass: d.passes, Trigger: session.TriggerWatch, StartedAt: time.Now()}}
	for key, email := range files {
		if was, had := d.files[key]; had && was == email {
			continue
		}
		s := sessiontest.New(key, session.StatusAccepted, session.Details{Email: email})
		o.Changes = append(o.Changes, session.MemoryChange{Session: s, Kind: session.ChangeAdmitted, Modified: 1})
	}
	for key := range d.files {
		if _, is := files[key]; !is {
			old, _ := d.store.View().Get(key)
			o.Changes = append(o.Changes, session.MemoryChange{Session: old.Session, Kind: session.ChangeDeleted})
		}
	}
	d.files = files
	d.store.Apply(o)
	d.Observe(d.store.View(), &o, true)
}

// follows runs a follower.
func follows(t *testing.T, e *Engine) (*replica.Follower, *store.Store) {
	t.Helper()
	s := store.New(time.Unix(0, 0))
	f := replica.NewFollower(replica.FollowerConfig{
		Log: e, Store: s, StaleAfter: 500 * time.Millisecond, Clock: replica.SystemClock, Changed: func(replica.Status) {},
	})
	started(t, f.Run)
	return f, s
}

// started runs something until it is stopped, or until the end of the test.
func started(t *testing.T, run func(context.Context)) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
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

// awaits waits until a follower shows what the authority's store shows.
func awaits(t *testing.T, f *replica.Follower, d *daemon) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	eventually(t, "published", func() bool { return d.Position() != replica.Position{} })
	if err := f.Await(ctx, d.Position()); err != nil {
		t.Fatalf("%v: the follower is %+v, the authority %+v", err, f.Status(), d.Status())
	}
}

// sessions returns n files, each with an e-mail address.
func sessions(n int, email string) map[session.Key]string {
	all := make(map[session.Key]string, n)
	for i := range n {
		all[session.Key{App: "T.a.b", ID: fmt.Sprintf("%06d", i)}] = email
	}
	return all
}

// emails returns the addresses that a view shows, with how many sessions each.
func emails(v *store.View) map[string]int {
	all := map[string]int{}
	for l := range v.All() {
		all[l.Details().Email]++
	}
	return all
}
