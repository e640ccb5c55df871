package control

import (
	"context"
	"net/http"
	"time"

	"sessiond/internal/access"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

// Refresher is what the socket may ask of the daemon. Its methods are called
// from many goroutines at once and return soon after their context has ended.
type Refresher interface {
	// Refresh returns the report of a full pass that began after the call.
	Refresh(ctx context.Context) (session.Report, error)

	// RefreshBraked is Refresh for somebody who may not have many sessions removed: the
	// brake holds for what the pass finds, unless it was asked for by others, too.
	RefreshBraked(ctx context.Context) (session.Report, error)

	// TakeRoot is Refresh, and takes what is mounted at the root and at app
	// folders now for the tree, whatever it holds.
	TakeRoot(ctx context.Context) (session.Report, error)

	// Open returns the report of a pass over one file with admission on.
	Open(ctx context.Context, key session.Key) (session.Report, error)

	// OpenAll returns the report of a full pass with admission on.
	OpenAll(ctx context.Context) (session.Report, error)

	// OpenSince returns the report of a pass, with admission on, over the files of
	// all sessions that were removed at a time or later.
	OpenSince(ctx context.Context, since time.Time) (session.Report, error)

	// Status returns what GET /v1/status shows.
	Status() api.Status

	// Ready is closed after the first load.
	Ready() <-chan struct{}
}

// refresh answers POST /v1/refresh. Whoever may look may have the files looked at; only
// an administrator answers for what that removes.
func (s *Server) refresh(w http.ResponseWriter, r *request) error {
	look, reason := s.refresher.RefreshBraked, ""
	if r.by.level() == access.Admin {
		look = s.refresher.Refresh
	}
	if r.query.Has("takeRoot") {
		if value := r.query.Get("takeRoot"); value != "1" {
			return badQuery("takeRoot is %q; it may be 1", value)
		}
		if err := s.require(r.by, access.Admin); err != nil {
			return err
		}
		look, reason = s.refresher.TakeRoot, "take-root"
	}
	report, err := look(r.Context())
	if err != nil {
		return newProblem(api.KindNoPass, "cannot refresh now: %v", err)
	}
	if r.by.level() == access.Admin {
		s.admin.Refreshed(actorOf(r.Request), reason)
	}
	return s.replyReport(w, r, report)
}

// replyReport answers with a pass's report, all of it, as it is encoded: its JSON is
// never in memory as a whole. What it borrows for is the report itself, which lives as
// long as somebody reads it. The list of changes is there even if it is empty.
func (s *Server) replyReport(w http.ResponseWriter, r *request, report session.Report) error {
	if report.Changes == nil {
		report.Changes = []session.Change{}
	}
	loan, err := s.borrow(r.Context(), (len(report.Changes)+len(report.Errors)+len(report.Unsettled))*entryBytes)
	if err != nil {
		return err
	}
	defer loan.repay()
	s.stream(w, loan.limit, report)
	return nil
}

// open answers POST /v1/sessions/{app}/{id}/open.
func (s *Server) open(w http.ResponseWriter, r *request) error {
	key, err := keyOf(r.Request)
	if err != nil {
		return err
	}
	report, err := s.refresher.Open(r.Context(), key)
	if err != nil {
		return newProblem(api.KindNoPass, "cannot open the session now: %v", err)
	}
	if p := refusal(&report, key); p != nil {
		return p
	}
	opened, ok := s.store.View().Get(key)
	if !ok {
		return newProblem(api.KindNoFile, "there is no file of the session %q", key)
	}
	s.writeJSON(w, func(to []byte) []byte { return api.AppendSummary(to, s.withSeen(opened)) })
	return nil
}

// openAll answers POST /v1/open: everything, or what was removed since a time.
func (s *Server) openAll(w http.ResponseWriter, r *request) error {
	open := s.refresher.OpenAll
	if r.query.Has("removedSince") {
		since, err := time.Parse(time.RFC3339, r.query.Get("removedSince"))
		if err != nil {
			return badQuery("removedSince is %q; it may be a time such as 2026-11-22T18:00:00Z", r.query.Get("removedSince"))
		}
		open = func(ctx context.Context) (session.Report, error) { return s.refresher.OpenSince(ctx, since) }
	}
	report, err := open(r.Context())
	if err != nil {
		return newProblem(api.KindNoPass, "cannot open the sessions now: %v", err)
	}
	return s.replyReport(w, r, report)
}

// refusal returns why a pass did not open the session, or nil where it says
// nothing against it. A session that could not be judged is not said to be open,
// although an older one may be in memory.
func refusal(report *session.Report, key session.Key) *problem {
	why := ""
	for i := range report.Errors {
		found := &report.Errors[i]
		switch {
		case found.Rejects() && found.Session == key:
			p := newProblem(api.KindRejected, "the file of the session is rejected: %s", found)
			p.Rejected = found
			return p
		case standsFor(found.Session, key):
			why = ": " + found.String()
		}
	}
	for _, open := range report.Unsettled {
		if standsFor(open.Session, key) {
			return newProblem(api.KindUnsettled, "the file of the session cannot be judged now, it is %s%s", open.Reason, why)
		}
	}
	return nil
}

// standsFor reports whether what is said of one key holds for another: it is the
// same, or a folder that the other is in (refresh contract, section 5).
func standsFor(said, key session.Key) bool {
	return said == key || said == key.Folder() || said.IsRoot()
}
