package control

import (
	"maps"
	"math"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"sessiond/internal/access"
	"sessiond/internal/api"
	"sessiond/internal/audit"
	"sessiond/internal/session"
)

// route is one row of the route table: a path, and what may be done with what it
// stands for.
type route struct {
	pattern string // of http.ServeMux, for all methods
	// monitor is true where the route is also for who may only watch over the
	// daemon, by whatever name of the machine.
	monitor    bool
	operations map[string]operation // by method; GET stands for HEAD, too
}

// operation is what one method does.
type operation struct {
	query []string // the parameters it takes
	// level is what a client must have. Where only some values of a parameter ask for
	// more, the handler calls for it ([Server.require]).
	level access.Level
	// writes is true where the request changes session files, or what is kept of them.
	writes bool
	// needsReady is true where an answer before the first load would be wrong.
	needsReady bool
	// changes is true where the request makes the daemon act: the log tells who
	// asked.
	changes bool
	// forwards is true where a follower has the request answered by its authority. Else
	// there says why that is to be done at the authority, which the format names.
	forwards bool
	there    string
	// action is what the audit calls it; empty where it has nothing to do with that.
	action audit.Action
	handle handler
}

// handler answers a request, or returns why it cannot be answered.
type handler func(s *Server, w http.ResponseWriter, r *request) error

// routes returns the route table: the interface's routes, each with what is
// known of it (docs/openapi.yaml describes the same ones).
func routes() []route {
	return []route{
		{pattern: "/v1/refresh", operations: post(operation{query: []string{"takeRoot"}, changes: true, forwards: true, handle: (*Server).refresh})},
		{pattern: "/v1/status", operations: get(operation{handle: (*Server).status})},
		{pattern: "/v1/me", operations: get(operation{handle: (*Server).me})},
		{pattern: "/v1/errors", operations: get(operation{query: []string{"limit", "cursor"}, needsReady: true, handle: (*Server).errors})},
		{pattern: "/v1/apps", operations: get(operation{needsReady: true, handle: (*Server).apps})},
		{pattern: "/v1/sessions", operations: get(operation{query: filtered("sort", "total", "prefix", "limit", "cursor"), needsReady: true, handle: (*Server).sessions})},
		{pattern: "/v1/duplicates", operations: get(operation{query: []string{"app", "kind", "limit", "cursor"}, needsReady: true, handle: (*Server).listDuplicates})},
		{pattern: "/v1/not-in-memory", operations: get(operation{query: []string{"app", "prefix", "limit", "cursor"}, needsReady: true, handle: (*Server).unadmitted})},
		{pattern: "/v1/rejected", operations: get(operation{query: []string{"app", "prefix", "limit", "cursor"}, needsReady: true, handle: (*Server).rejected})},
		{pattern: "/v1/sessions/{app}/{id}", operations: map[string]operation{
			http.MethodGet:    {needsReady: true, handle: (*Server).session},
			http.MethodPatch:  edits(operation{query: []string{"dryRun", "reason"}, forwards: true, action: audit.ActionEdit, handle: (*Server).change}),
			http.MethodDelete: edits(operation{query: []string{"dryRun", "noTrash", "reason"}, forwards: true, action: audit.ActionDelete, handle: (*Server).remove}),
		}},
		{pattern: changesPath, operations: post(edits(operation{forwards: true, action: audit.ActionEdit, handle: (*Server).changeMany}))},
		{pattern: "/v1/sessions/{app}/{id}/open", operations: post(operation{level: access.Admin, changes: true, forwards: true, action: audit.ActionOpen, handle: (*Server).open})},
		{pattern: "/v1/open", operations: post(operation{query: []string{"removedSince"}, level: access.Admin, changes: true, forwards: true, action: audit.ActionOpen, handle: (*Server).openAll})},
		{pattern: "/v1/trash", operations: get(operation{query: []string{"app", "prefix", "email", "limit", "cursor"}, level: access.Admin, there: trashThere, handle: (*Server).trash})},
		{pattern: "/v1/trash/purge", operations: post(edits(operation{query: []string{"session", "email", "dryRun", "reason"}, there: trashThere, action: audit.ActionPurge, handle: (*Server).purge}))},
		{pattern: "/v1/trash/{item}", operations: map[string]operation{
			http.MethodDelete: edits(operation{query: []string{"dryRun", "reason"}, there: trashThere, action: audit.ActionPurge, handle: (*Server).purgeItem}),
		}},
		{pattern: "/v1/trash/{item}/restore", operations: post(edits(operation{query: []string{"dryRun", "reason"}, there: trashThere, action: audit.ActionRestore, handle: (*Server).restore}))},
		{pattern: "/v1/audit", operations: get(operation{query: []string{"session", "app", "email", "action", "since", "limit", "cursor"}, level: access.Admin, there: "the audit is at %s", handle: (*Server).audit})},
		{pattern: "/v1/replica/adopt", operations: post(operation{level: access.Admin, changes: true, there: "what followers show is published by %s", action: audit.ActionAdopt, handle: (*Server).adoptHeld})},
		{pattern: "/v1/events", operations: get(operation{query: []string{"since"}, needsReady: true, handle: (*Server).events})},
		{pattern: "/v1/schema", operations: get(operation{handle: (*Server).schema})},
		{pattern: "/healthz", monitor: true, operations: get(operation{handle: (*Server).healthz})},
		{pattern: "/readyz", monitor: true, operations: get(operation{handle: (*Server).readyz})},
		{pattern: "/metrics", monitor: true, operations: get(operation{handle: (*Server).serveMetrics})},
	}
}

// trashThere is why a follower neither shows nor restores nor erases deleted files.
const trashThere = "the trash is at %s"

// changesPath is the route whose body may be longer than others'.
const changesPath = "/v1/changes"

func get(op operation) map[string]operation  { return map[string]operation{http.MethodGet: op} }
func post(op operation) map[string]operation { return map[string]operation{http.MethodPost: op} }

// filtered returns the parameters of an operation on the sessions of a filter.
func filtered(more ...string) []string { return append(session.FilterNames(), more...) }

// edits completes an operation that changes session files, or what is kept of them.
func edits(op operation) operation {
	op.level, op.writes, op.changes, op.needsReady = access.Admin, true, true, true
	return op
}

// newMux returns routes as net/http serves them.
func (s *Server) newMux(table []route) *http.ServeMux {
	mux := http.NewServeMux()
	for _, rt := range table {
		mux.HandleFunc(rt.pattern, func(w http.ResponseWriter, r *http.Request) { s.serveRoute(rt, w, r) })
	}
	mux.HandleFunc("/", s.notFound)
	return mux
}

// serveRoute answers a request that the route is for.
func (s *Server) serveRoute(rt route, w http.ResponseWriter, r *http.Request) {
	if !rt.monitor {
		if p := checkHost(r); p != nil {
			s.fail(w, p)
			return
		}
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	op, ok := rt.operations[method]
	if !ok {
		p := newProblem(api.KindWrongMethod, "%q does not take %s", r.URL.Path, r.Method)
		p.allow = rt.allow()
		s.fail(w, p)
		return
	}
	if age, stale := s.age(); stale {
		w.Header().Set("Age", strconv.Itoa(int(math.Ceil(age.Seconds()))))
	}
	var err error
	switch {
	case s.authority != nil && op.needsFiles():
		if err := s.forward(op, w, r); err != nil {
			s.fail(w, problemOf(err))
		}
		return
	case callerOf(r.Context()).forwarded != nil:
		err = s.admitForwarded(op, r)
	}
	if err == nil {
		err = s.perform(op, w, r)
	}
	if op.changes {
		status := http.StatusOK
		if err != nil {
			status = problemOf(err).Status
		}
		s.logChange(r, status)
	}
	if action := op.audited(r); action != "" {
		s.audited(action, r, err)
	}
	if err != nil {
		s.fail(w, problemOf(err))
	}
}

// audited returns what the audit calls a request; empty where it has nothing to do with that.
// Whoever may look may have the files looked at, but not each follower.
func (op *operation) audited(r *http.Request) audit.Action {
	if op.action == "" && op.forwards && callerOf(r.Context()).forwarded != nil {
		return audit.ActionRefresh
	}
	return op.action
}

// needsFiles reports whether an operation is one on the session files, or on what is kept
// beside them: a follower has neither.
func (op *operation) needsFiles() bool { return op.changes || op.level >= access.Admin }

// allow returns the methods of a route, as the header of that name has them.
func (rt *route) allow() string {
	methods := slices.Collect(maps.Keys(rt.operations))
	if slices.Contains(methods, http.MethodGet) {
		methods = append(methods, http.MethodHead)
	}
	slices.Sort(methods)
	return strings.Join(methods, ", ")
}

func (s *Server) perform(op operation, w http.ResponseWriter, r *http.Request) error {
	by := callerOf(r.Context())
	if err := s.require(by, op.level); err != nil {
		return err
	}
	if op.writes && !s.writing().Enabled {
		return newProblem(api.KindWritingOff, "the daemon changes no files: it runs with --write off")
	}
	if op.writes {
		s.writers.begin()
		defer s.writers.end()
	}
	query, err := parseQuery(r.URL.RawQuery, op.query)
	if err != nil {
		return err
	}
	if op.needsReady {
		if err := s.awaitReady(r.Context()); err != nil {
			return err
		}
	}
	return op.handle(s, w, &request{Request: r, query: query, by: by})
}

// notFound answers a request that no route is for.
func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	s.fail(w, newProblem(api.KindUnknownRoute, "there is no route %q", r.URL.Path))
}

// isClean reports whether the path of a request is written as short as it can be.
// Any other is no route: http.ServeMux would redirect it, with a page for people.
func isClean(u *url.URL) bool {
	escaped := u.EscapedPath()
	return strings.HasPrefix(escaped, "/") && path.Clean(escaped) == escaped
}
