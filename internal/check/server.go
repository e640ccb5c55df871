package check

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"sessiond/internal/control/socket"
	"sessiond/internal/session"
	"sessiond/internal/store"
	"sessiond/internal/token"
)

// Config is what a [Server] is made of. All of it is required but Freshness.
type Config struct {
	Files Files
	Store *store.Store
	Log   *zap.Logger
	// Freshness says how old what is in the store is. Nil stands for never old.
	Freshness func() Freshness
	// Observe is told of each check: what it came to and how long it took.
	Observe func(Result, time.Duration)
	// Seen is told of each session that is accepted, and when.
	Seen func(session.Key, time.Time)
}

// Freshness says how old what is in the store is, where it comes from another daemon.
type Freshness struct {
	Age time.Duration // told with each answer; 0 where it is not worth a word
	// Unusable says that nothing can be told by what is in the store.
	Unusable bool
}

// Server answers checks.
type Server struct {
	freshness func() Freshness
	store     *store.Store
	log       *zap.Logger
	observe   func(Result, time.Duration)
	seen      func(session.Key, time.Time)
	looks     *looks
	inHand    atomic.Int64
}

// New returns a server. It does nothing until [Server.Serve].
func New(cfg Config) *Server {
	freshness := cfg.Freshness
	if freshness == nil {
		freshness = func() Freshness { return Freshness{} }
	}
	return &Server{freshness: freshness, store: cfg.Store, log: cfg.Log, observe: cfg.Observe, seen: cfg.Seen, looks: newLooks(cfg.Files)}
}

// Looks returns how many checks look at files now, or wait for that.
func (s *Server) Looks() int { return int(s.inHand.Load()) }

// Limits of connections.
const (
	maxHeaderBytes = 16 << 10
	headerTime     = 5 * time.Second
	writeTime      = 10 * time.Second
	idleTime       = 2 * time.Minute
	evictAfter     = 250 * time.Millisecond
	grace          = time.Second
)

// maxConns returns how many connections may be open at once, 1,024 or two thirds of those
// of the control socket, so that passes have files left to open.
func maxConns() int { return max(1, socket.DefaultMaxConns()*2/3) }

// Serve answers clients that connect to the listener, until ctx ends, as [socket.Serve]
// does. It may be called for several listeners at once.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	errorLog, err := zap.NewStdLogAt(s.log, zapcore.WarnLevel)
	if err != nil {
		return fmt.Errorf("cannot serve checks: %w", err)
	}
	clients := socket.NewConns(ln, maxConns(), evictAfter)
	return socket.Serve(ctx, &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          errorLog,
		ConnState:         clients.TrackState,
		ConnContext:       socket.WithConn,
		// net/http would answer OPTIONS * with 200, which lets a request through.
		DisableGeneralOptionsHandler: true,
	}, clients, socket.Grace{Usual: grace})
}

// path is the one route. Gateways may append the path of the app's request.
const path = "/v1/check"

// ServeHTTP answers one check, whatever the method, the host, the query and the body.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	if !socket.ConnOf(r.Context()).Work() {
		return
	}
	if r.ContentLength != 0 {
		// What is announced is not waited for, so nothing can follow it.
		w.Header().Set("Connection", "close")
	}
	result := s.answer(w, r)
	s.observe(result, time.Since(began))
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) Result {
	if rest, ok := strings.CutPrefix(r.URL.Path, path); !ok || rest != "" && rest[0] != '/' {
		deny(w, Unavailable, "The gateway has to ask for "+path+".")
		return Unavailable
	}
	claims, key, err := claimsOf(r.Header)
	switch {
	case errors.Is(err, errNoToken):
		deny(w, Missing, "There is no session token.")
		return Missing
	case err != nil:
		deny(w, Malformed, "The session token is not valid.")
		return Malformed
	}
	fresh := s.freshness()
	if fresh.Age > 0 {
		w.Header().Set("Age", strconv.Itoa(int(math.Ceil(fresh.Age.Seconds()))))
	}
	if fresh.Unusable {
		deny(w, Unavailable, "The session cannot be checked now.")
		return Unavailable
	}
	found, in := s.store.View().Get(key)
	if !in {
		var known bool
		if found, in, known = s.lookUp(r.Context(), key); !known {
			deny(w, Unavailable, "The session cannot be checked now.")
			return Unavailable
		}
	}
	if !in {
		deny(w, Unknown, "The session is not known.")
		return Unknown
	}
	result := decide(w, claims, found.Session)
	if result == Accepted {
		s.seen(key, time.Now())
	}
	return result
}

// decide answers about a session that is in memory.
func decide(w http.ResponseWriter, claims token.Claims, s *session.Session) Result {
	says := s.Details()
	switch {
	case !agrees(claims, &says):
		deny(w, Malformed, "The session token is not valid.")
		return Malformed
	case s.Status() != session.StatusAccepted:
		deny(w, Pending, "The session is not accepted yet.")
		return Pending
	}
	accept(w, s, &says)
	return Accepted
}

// LookUp reports whether a session is in memory, where it is not after a look at its file.
// known is false where nothing is sure.
func (s *Server) LookUp(ctx context.Context, key session.Key) (in, known bool) {
	if _, in = s.store.View().Get(key); in {
		return true, true
	}
	_, in, known = s.lookUp(ctx, key)
	return in, known
}

// lookUp looks at the file of a session that is not in memory: an app calls right after
// its file was made. in is true where the session is in memory now. known is false where
// nothing is sure.
func (s *Server) lookUp(ctx context.Context, key session.Key) (found session.Loaded, in, known bool) {
	s.inHand.Add(1)
	defer s.inHand.Add(-1)
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	for ctx.Err() == nil {
		if !s.looks.files.Loaded() {
			return found, false, false
		}
		exists, err := s.looks.find(ctx, key)
		if err != nil {
			return found, false, false
		}
		if !exists {
			// It may have been loaded, and its file removed, in the meantime.
			view := s.store.View()
			found, in = view.Get(key)
			return found, in, in || !view.IsUnsettled(key)
		}
		report, shared, ok := s.looks.look(ctx, key)
		if found, in = s.store.View().Get(key); in {
			return found, true, true
		}
		if !ok {
			return found, false, false
		}
		if !shared {
			return found, false, isUnknown(&report)
		}
		// The pass may have begun before the file was there.
	}
	return found, false, false
}

// isUnknown reports whether a pass over one file, whose session is not in memory, says
// that it has none: the file is rejected, or is gone. It is not sure of one that is valid
// and was not admitted, or has no verdict.
func isUnknown(report *session.Report) bool {
	return len(report.Unsettled) == 0 && report.NotInMemory == 0
}
