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

// caller is who is at the other end of a connection, as its first request finds it:
// Windows does not tell before something has been read.
type caller struct {
	peer func() access.Peer
	// level may ask the user data base, at most once, and only where a request needs to know.
	level func() access.Level
	// forwarded is who asks by way of a follower; nil for a client of the socket.
	forwarded *Forwarded
}

type callerKey struct{}

// withConn lets the handlers of a connection's requests find the connection and who is
// at its other end. It is called once for each that is accepted.
func (s *Server) withConn(ctx context.Context, nc net.Conn) context.Context {
	ctx = socket.WithConn(ctx, nc)
	conn := socket.ConnOf(ctx).Conn
	peer := sync.OnceValue(func() access.Peer { return access.PeerOf(conn) })
	return withCaller(ctx, &caller{
		peer:  peer,
		level: sync.OnceValue(func() access.Level { return s.level(peer()) }),
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
	case !by.peer().Known:
		return newProblem(api.KindAdminOnly, "only administrators may do this, and the system does not tell the daemon who asks")
	case s.group == "":
		return newProblem(api.KindAdminOnly, "only administrators may do this: %s, or name a group of administrators with --admin-group", askAsAdmin)
	}
	return newProblem(api.KindAdminOnly, "only administrators may do this: %s, or as a member of the group %q", askAsAdmin, s.group)
}

// fields returns what a log tells of the caller.
func (c *caller) fields() []zap.Field {
	if c.forwarded != nil {
		return []zap.Field{zap.String("node", c.forwarded.Node), zap.String("claimed", c.forwarded.user())}
	}
	switch peer := c.peer(); {
	case !peer.Known:
		return nil
	case peer.SID != "":
		return []zap.Field{zap.String("sid", peer.SID), zap.Int("pid", peer.PID)}
	default:
		return []zap.Field{zap.Int("uid", peer.UID), zap.Int("pid", peer.PID)}
	}
}

// me answers GET /v1/me.
func (s *Server) me(w http.ResponseWriter, r *request) error {
	me := api.Me{Level: r.by.level().String(), Write: s.writing()}
	if peer := r.by.peer(); peer.Known {
		me.User = peer.User()
		if peer.SID == "" {
			me.UID, me.GID = &peer.UID, &peer.GID
		}
	}
	return s.reply(w, me)
}
