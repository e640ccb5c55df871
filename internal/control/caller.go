package control

import (
	"context"
	"net"
	"net/http"
	"sync"

	"go.uber.org/zap"

	"sessiond/internal/access"
	"sessiond/internal/api"
	"sessiond/internal/control/socket"
)

// caller is who is at the other end of a connection, as it was when it was accepted.
type caller struct {
	access.Peer
	// level may ask the user data base, at most once: it is not called to accept a
	// connection.
	level func() access.Level
}

type callerKey struct{}

// withConn lets the handlers of a connection's requests find the connection and who is
// at its other end. It is called once for each that is accepted.
func (s *Server) withConn(ctx context.Context, nc net.Conn) context.Context {
	ctx = socket.WithConn(ctx, nc)
	peer := access.PeerOf(socket.ConnOf(ctx).Conn)
	return withCaller(ctx, &caller{
		Peer:  peer,
		level: sync.OnceValue(func() access.Level { return s.level(peer) }),
	})
}

func withCaller(ctx context.Context, by *caller) context.Context {
	return context.WithValue(ctx, callerKey{}, by)
}

// callerOf returns who asks, by the context of a request.
func callerOf(ctx context.Context) *caller {
	by, _ := ctx.Value(callerKey{}).(*caller) // every request has one
	return by
}

// require returns a failure where the caller has not the level.
func (s *Server) require(by *caller, level access.Level) error {
	switch {
	case level == access.Read || by.level() >= level:
		return nil
	case !by.Known:
		return newProblem(api.KindAdminOnly, "only administrators may do this, and the system does not tell the daemon who asks")
	case s.group == "":
		return newProblem(api.KindAdminOnly, "only administrators may do this: ask as root, or name a group of administrators with --admin-group")
	}
	return newProblem(api.KindAdminOnly, "only administrators may do this: ask as root, or as a member of the group %q", s.group)
}

// fields returns what a log tells of the caller.
func (c *caller) fields() []zap.Field {
	if !c.Known {
		return nil
	}
	return []zap.Field{zap.Int("uid", c.UID), zap.Int("pid", c.PID)}
}

// me answers GET /v1/me.
func (s *Server) me(w http.ResponseWriter, r *request) error {
	me := api.Me{Level: r.by.level().String(), Write: s.writing()}
	if r.by.Known {
		me.UID, me.GID, me.User = &r.by.UID, &r.by.GID, r.by.User()
	}
	return s.reply(w, me)
}
