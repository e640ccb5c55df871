package control

import (
	"net/http"
	"net/url"
)

// route is one row of the route table.
type route struct {
	method  string
	pattern string   // of http.ServeMux
	query   []string // the parameters it takes
	// needsReady is true where an answer before the first load would be wrong.
	needsReady bool
	// changes is true where the request makes the daemon act: the log tells who
	// asked.
	changes bool
	// monitor is true where the route is also for who may only watch over the
	// daemon.
	monitor bool
	handle  handler
}

// handler answers a request, or returns why it cannot be answered.
type handler func(s *Server, w http.ResponseWriter, r *request) error

// request is a request whose body and query were read.
type request struct {
	*http.Request
	query url.Values
}

// routes returns the route table: the interface's routes, each with what is
// known of it (docs/openapi.yaml describes the same ones).
func routes() []route {
	return []route{
		{method: "POST", pattern: "/v1/refresh", changes: true, handle: (*Server).refresh},
		{method: "GET", pattern: "/v1/status", handle: (*Server).status},
		{method: "GET", pattern: "/v1/apps", needsReady: true, handle: (*Server).apps},
		{method: "GET", pattern: "/v1/sessions", query: []string{"app", "status", "email", "limit", "cursor"}, needsReady: true, handle: (*Server).sessions},
		{method: "GET", pattern: "/v1/sessions/{app}/{id}", needsReady: true, handle: (*Server).session},
		{method: "POST", pattern: "/v1/sessions/{app}/{id}/open", changes: true, handle: (*Server).open},
		{method: "POST", pattern: "/v1/open", changes: true, handle: (*Server).openAll},
		{method: "GET", pattern: "/v1/events", query: []string{"since"}, needsReady: true, handle: (*Server).events},
		{method: "GET", pattern: "/v1/schema", handle: (*Server).schema},
		{method: "GET", pattern: "/healthz", monitor: true, handle: (*Server).healthz},
		{method: "GET", pattern: "/readyz", monitor: true, handle: (*Server).readyz},
		{method: "GET", pattern: "/metrics", monitor: true, handle: (*Server).serveMetrics},
	}
}

// newMux returns routes as net/http serves them. They are asked with an
// [exchange].
func (s *Server) newMux(table []route) *http.ServeMux {
	mux := http.NewServeMux()
	for _, rt := range table {
		mux.HandleFunc(rt.method+" "+rt.pattern, func(w http.ResponseWriter, r *http.Request) {
			if e, ok := w.(*exchange); ok {
				s.serveRoute(rt, e.ResponseWriter, r)
			}
		})
	}
	return mux
}

// serveRoute answers a request that the route is for.
func (s *Server) serveRoute(rt route, w http.ResponseWriter, r *http.Request) {
	err := s.attend(rt, w, r)
	if rt.changes {
		s.logChange(rt, r, err)
	}
	if err != nil {
		s.fail(w, problemOf(err))
	}
}

func (s *Server) attend(rt route, w http.ResponseWriter, r *http.Request) error {
	query, err := parseQuery(r.URL.RawQuery, rt.query)
	if err != nil {
		return err
	}
	if rt.needsReady {
		if err := s.awaitReady(r.Context()); err != nil {
			return err
		}
	}
	return rt.handle(s, w, &request{Request: r, query: query})
}

// unrouted returns the failure of a request that no route is for: 405 where the
// path has other methods, else 404.
func unrouted(e *exchange, r *http.Request) *problem {
	if e.refused != http.StatusMethodNotAllowed {
		return newProblem(http.StatusNotFound, "there is no route %q", r.URL.Path)
	}
	p := newProblem(http.StatusMethodNotAllowed, "%q does not take %s", r.URL.Path, r.Method)
	p.allow = e.said.Get("Allow")
	return p
}

// exchange carries the writer of an answer through http.ServeMux to the route. It
// keeps what ServeMux itself says to a request that it has no route for, in plain
// text, so that it can be said as a problem. A path that could be written shorter is
// no route either: ServeMux would redirect it, with a page for people.
type exchange struct {
	http.ResponseWriter // for the route only
	said                http.Header
	refused             int // status
}

func (e *exchange) Header() http.Header {
	if e.said == nil {
		e.said = http.Header{}
	}
	return e.said
}

func (e *exchange) WriteHeader(status int)      { e.refused = status }
func (e *exchange) Write(p []byte) (int, error) { return len(p), nil }
