// Package control is the daemon's end of the control socket: it serves the routes of
// the interface (docs/openapi.yaml) and asks the daemon, through [Refresher], for what
// only a pass can do. The socket itself is the package socket's, below it.
//
// Nothing a client does holds up a pass or locks other clients out: readers look
// at a snapshot of the store, connections are capped and those without a request
// in hand are dropped first, and every read and write has a deadline.
package control

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"sessiond/internal/access"
	"sessiond/internal/api"
	"sessiond/internal/audit"
	"sessiond/internal/control/socket"
	"sessiond/internal/store"
)

// Config is what a [Server] is made of. Zero values of the numbers stand for the
// defaults.
type Config struct {
	Refresher Refresher
	Store     *store.Store
	Log       *zap.Logger
	// Metrics answers GET /metrics.
	Metrics http.Handler
	// Level says what a client may do. It is asked at most once a connection, and only
	// where a request needs more than [access.Read]. Nil stands for that level for all.
	Level func(access.Peer) access.Level
	// AdminGroup is the group whose members are administrators, for clients that are told
	// to be one; empty for none.
	AdminGroup string
	// Writing says whether and how session files are changed. Nil stands for not at all.
	Writing func() api.Write
	// Administrator changes them. It may be nil where Authority is not.
	Administrator Administrator
	// Adopt has what is held published, for somebody who answers for what that removes
	// elsewhere. It returns an error where nothing is held. Nil stands for that.
	Adopt func(by audit.Actor) (api.Removals, error)
	// Authority returns who has the files, for a server that follows another daemon: what
	// needs files is to be asked for there. Nil stands for this daemon.
	Authority func() string
	// Forward has the authority answer requests that change something. It is required where
	// Authority is not nil.
	Forward Forwarder
	// Editors says whether a follower's users may change files here, and if not, why. Nil
	// stands for none.
	Editors func(node string) error
	// Age returns how old what is shown is, and whether answers say so. Nil stands for never.
	Age func() (age time.Duration, stale bool)
	// Seen tells when sessions were last seen. Nil stands for never.
	Seen Seen

	// MaxConns is how many connections may be open at once: 1,536, or half of the
	// files that the process may have open if that is less. At most half of the
	// connections may follow events.
	MaxConns int
	// AnswerBytes is how much all answers in flight may hold together: 64 MiB.
	AnswerBytes int64
	Limits      Limits
}

// Limits are how long the server waits for things.
type Limits struct {
	Header time.Duration // for the rest of a request's header: 5 s
	Body   time.Duration // for a request's body: 5 s
	Idle   time.Duration // for the next request: 2 min
	Write  time.Duration // for a client to take an answer, or an event: 10 s
	Ready  time.Duration // for the first load, where a request needs it: 30 s
	Grace  time.Duration // for running requests at the end: 1 s
	// WriteGrace is for running requests at the end while some of them change files: 20 s.
	// It must be well below the TimeoutStopSec of the systemd units.
	WriteGrace time.Duration
	// EvictAfter is for a request to be whole, or for a client to go on reading,
	// while a new client waits for a place: 250 ms.
	EvictAfter time.Duration
}

const maxHeaderBytes = 16 << 10

// MaxMonitorConns is how many connections may be open on the address of a monitor at
// once.
const MaxMonitorConns = 32

// Server serves the control socket.
type Server struct {
	refresher  Refresher
	store      *store.Store
	log        *zap.Logger
	metrics    http.Handler
	level      func(access.Peer) access.Level
	group      string // of administrators
	writing    func() api.Write
	admin      Administrator
	adopt      func(by audit.Actor) (api.Removals, error)
	authority  func() string // nil where the files are here
	forwarder  Forwarder
	editors    func(node string) error
	age        func() (time.Duration, bool)
	seen       Seen
	mux        *http.ServeMux
	maxConns   int
	limits     Limits
	budget     *budget
	followers  chan struct{} // a token for each follower of events
	writers    *writers
	scans      scans
	duplicates duplicateCache
	buffers    sync.Pool // of *[]byte, for answers
	clients    atomic.Pointer[socket.Conns]

	crossOrigin http.CrossOriginProtection // of no exceptions
}

// New returns a server of all routes. It does nothing until [Server.Serve].
func New(cfg Config) *Server { return newServer(cfg, routes()) }

// NewMonitor returns a server of those routes only that watch over the daemon:
// they tell of no session.
func NewMonitor(cfg Config) *Server {
	return newServer(cfg, slices.DeleteFunc(routes(), func(rt route) bool { return !rt.monitor }))
}

func newServer(cfg Config, table []route) *Server {
	s := &Server{
		refresher:  cfg.Refresher,
		store:      cfg.Store,
		log:        cfg.Log,
		metrics:    cfg.Metrics,
		level:      cfg.Level,
		group:      cfg.AdminGroup,
		writing:    cfg.Writing,
		admin:      cfg.Administrator,
		adopt:      cfg.Adopt,
		authority:  cfg.Authority,
		forwarder:  cfg.Forward,
		editors:    cfg.Editors,
		age:        cfg.Age,
		seen:       cfg.Seen,
		maxConns:   cfg.MaxConns,
		limits:     cfg.Limits.orDefaults(),
		writers:    newWriters(),
		scans:      newScans(),
		duplicates: newDuplicateCache(),
	}
	if s.maxConns == 0 {
		s.maxConns = socket.DefaultMaxConns()
	}
	if s.level == nil {
		s.level = func(access.Peer) access.Level { return access.Read }
	}
	if s.writing == nil {
		s.writing = func() api.Write { return api.Write{} }
	}
	if s.adopt == nil {
		s.adopt = func(audit.Actor) (api.Removals, error) {
			return api.Removals{}, errors.New("the daemon publishes to nobody")
		}
	}
	if s.editors == nil {
		s.editors = func(string) error { return errors.New("the daemon takes no changes from followers") }
	}
	if s.age == nil {
		s.age = func() (time.Duration, bool) { return 0, false }
	}
	if s.seen == nil {
		s.seen = neverSeen{}
	}
	s.budget = newBudget(cfg.AnswerBytes)
	s.followers = make(chan struct{}, max(1, s.maxConns/2))
	s.mux = s.newMux(table)
	return s
}

func (l Limits) orDefaults() Limits {
	or := func(limit *time.Duration, usual time.Duration) {
		if *limit == 0 {
			*limit = usual
		}
	}
	or(&l.Header, 5*time.Second)
	or(&l.Body, 5*time.Second)
	or(&l.Idle, 2*time.Minute)
	or(&l.Write, 10*time.Second)
	or(&l.Ready, 30*time.Second)
	or(&l.Grace, time.Second)
	or(&l.WriteGrace, 20*time.Second)
	or(&l.EvictAfter, 250*time.Millisecond)
	return l
}

// Serve answers clients that connect to the listener, until ctx ends; then it
// closes the listener, ends the streams, gives running requests a short grace,
// or a longer one while some of them change files, and returns nil once all its goroutines have ended. It returns an error when
// the listener fails.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	errorLog, err := zap.NewStdLogAt(s.log, zapcore.WarnLevel)
	if err != nil {
		return fmt.Errorf("cannot serve the control socket: %w", err)
	}
	clients := socket.NewConns(ln, s.maxConns, s.limits.EvictAfter)
	s.clients.Store(clients)
	srv := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: s.limits.Header,
		IdleTimeout:       s.limits.Idle,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          errorLog,
		ConnState:         clients.TrackState,
		ConnContext:       s.withConn,
		BaseContext:       func(net.Listener) context.Context { return withStop(ctx) },
	}
	return socket.Serve(ctx, srv, clients, socket.Grace{Usual: s.limits.Grace, Long: s.limits.WriteGrace, Idle: s.writers.idle})
}

// Connections returns how many connections are open.
func (s *Server) Connections() int {
	clients := s.clients.Load()
	if clients == nil {
		return 0
	}
	return clients.Count()
}

type stopKey struct{}

// withStop returns the context of all requests. It outlives ctx by the grace that
// they get, and lets those find ctx that have to end with it at once.
func withStop(ctx context.Context) context.Context {
	return context.WithValue(context.WithoutCancel(ctx), stopKey{}, ctx)
}

// stopOf returns the context that ends as soon as the server is to end.
func stopOf(ctx context.Context) context.Context {
	stop, _ := ctx.Value(stopKey{}).(context.Context) // every request has one
	return stop
}

// errStopping is the failure of what cannot be answered because the daemon ends.
func errStopping() *problem {
	return newProblem(api.KindStopping, "the daemon is stopping")
}
