package control

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"sessiond/internal/access"
	"sessiond/internal/api"
	"sessiond/internal/audit"
)

// Forwarded is a request that was made to a follower, and that the authority answers.
type Forwarded struct {
	Node   string // the follower
	Method string
	Target string // the path, with the query
	// IfMatch are the headers of that name, Client those of [api.HeaderClient].
	IfMatch []string
	Client  string
	Body    []byte

	// Level is what the user may do at the follower. User, UID and PID say who that is, as far
	// as the follower knows.
	Level access.Level
	User  string
	UID   *uint32
	PID   int32
}

// maxName is how much of the name of a follower's user is recorded, in bytes.
const maxName = 128

// actor returns who asks, as the audit has it: the node is known, the rest is its word.
func (f *Forwarded) actor() audit.Actor {
	claimed := make(map[string]string)
	if f.User != "" {
		claimed["user"] = f.user()
	}
	if f.UID != nil {
		claimed["uid"] = strconv.FormatUint(uint64(*f.UID), 10)
	}
	if f.PID != 0 {
		claimed["pid"] = strconv.Itoa(int(f.PID))
	}
	return audit.Actor{Via: audit.ViaReplica, Node: f.Node, Claimed: claimed}
}

// user returns the name of a follower's user, short and of characters that can be seen.
func (f *Forwarded) user() string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return '?'
		}
		return c
	}, strings.ToValidUTF8(f.User[:min(len(f.User), maxName)], "?"))
}

// ServeForwarded answers a request of a follower. It ends early where stop does, as far as
// requests of the socket do.
func (s *Server) ServeForwarded(stop context.Context, w http.ResponseWriter, f *Forwarded) {
	target, err := url.ParseRequestURI(f.Target)
	if err != nil || target.Host != "" || !isClean(target) {
		s.fail(w, newProblem(api.KindUnknownRoute, "a follower asks for no route"))
		return
	}
	ctx := withCaller(withStop(stop), &caller{
		peer:      func() access.Peer { return access.Peer{} },
		level:     func() access.Level { return f.Level },
		forwarded: f,
	})
	r := (&http.Request{
		Method: f.Method, URL: target, RequestURI: f.Target, Host: "sessiond", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: make(http.Header), Body: io.NopCloser(bytes.NewReader(f.Body)), ContentLength: int64(len(f.Body)),
	}).WithContext(ctx)
	r.Header["If-Match"] = f.IfMatch
	if f.Client != "" {
		r.Header.Set(api.HeaderClient, f.Client)
	}
	defer s.recover(w, r)
	if limit, _ := bodyLimit(r); int64(len(f.Body)) > limit {
		s.fail(w, newProblem(api.KindBodyTooLarge, "the body has more than %d bytes", limit))
		return
	}
	s.mux.ServeHTTP(w, r)
}

// admitForwarded returns why a request of a follower is not to be answered.
func (s *Server) admitForwarded(op operation, r *http.Request) error {
	f := callerOf(r.Context()).forwarded
	if err := op.checkForwards(r); err != nil {
		return err
	}
	if err := s.editors(f.Node); err != nil {
		p := newProblem(api.KindNodeMayNotEdit, "the node %q may change nothing: %v", f.Node, err)
		p.Remedy = "name it there and restart that daemon, or make the change there"
		return p
	}
	return nil
}
