package daemon

import (
	"context"
	"errors"
	"os"
	"time"

	"sessiond/internal/api"
	"sessiond/internal/config"
	"sessiond/internal/replica"
	"sessiond/internal/session"
)

// withoutFiles is what control may ask of a follower. It asks for no pass: its routes
// answer that the authority is to be asked.
type withoutFiles struct{ *Follower }

var errNoFiles = errors.New("a follower has no files")

// Refresh implements control.Refresher.
func (withoutFiles) Refresh(context.Context) (session.Report, error) {
	return session.Report{}, errNoFiles
}

// RefreshBraked implements control.Refresher.
func (w withoutFiles) RefreshBraked(ctx context.Context) (session.Report, error) {
	return w.Refresh(ctx)
}

// TakeRoot implements control.Refresher.
func (w withoutFiles) TakeRoot(ctx context.Context) (session.Report, error) { return w.Refresh(ctx) }

// Open implements control.Refresher.
func (w withoutFiles) Open(ctx context.Context, _ session.Key) (session.Report, error) {
	return w.Refresh(ctx)
}

// OpenAll implements control.Refresher.
func (w withoutFiles) OpenAll(ctx context.Context) (session.Report, error) { return w.Refresh(ctx) }

// OpenSince implements control.Refresher.
func (w withoutFiles) OpenSince(ctx context.Context, _ time.Time) (session.Report, error) {
	return w.Refresh(ctx)
}

// Ready implements control.Refresher.
func (w withoutFiles) Ready() <-chan struct{} { return w.ready }

// Status implements control.Refresher: how the follower is, with what the authority says
// of itself.
func (w withoutFiles) Status() api.Status {
	f := w.Follower
	now := f.replica.Status()
	of := f.origin(&now)
	view := f.store.View()
	s := api.Status{
		Version:          f.version,
		PID:              os.Getpid(),
		StartedAt:        f.startedAt,
		Root:             of.Root,
		Admit:            of.Admit,
		Watch:            api.Watch{Mode: config.WatchOff},
		Write:            f.writing(),
		Replica:          replicaStatus(&now, f.settings.ReplicaName, f.engine.node),
		Sessions:         view.Len(),
		Pending:          view.Totals().Pending,
		NotInMemoryFiles: []session.UnadmittedFile{},
		Licences:         f.licences(view),
		Checks:           f.checks(),
		SeenSince:        f.seen.Since(),
		Rejected:         view.Totals().Rejected,
		RejectedByCode:   view.RejectedByCode(),
		Epoch:            view.Epoch(),
		Revision:         view.Revision(),
		Passes:           view.Passes(),
		Busy:             now.Pending > 0,
		LastPass:         view.LastPass(),
		LastSuccess:      view.LastSuccess(),
		Errors:           view.Problems(nil, api.MaxListed),
		ErrorsTotal:      view.CountProblems(),
		Unsettled:        view.Unsettled(nil, api.MaxListed),
		UnsettledTotal:   view.CountUnsettled().Total(),
		UnsettledCounts:  view.CountUnsettled(),
	}
	s.Replica.Refusing = len(f.checked) > 0 && f.refuses(&now)
	s.Hints = f.hints(&now, &s)
	return s
}

// hints says what is odd and what to do about it.
func (f *Follower) hints(now *replica.Status, s *api.Status) []api.Hint {
	hints := replicaHints(now, f.engine.Lacking())
	for i := range hints {
		if s.Replica.Refusing && (hints[i].Code == api.HintReplicaStale || now.Head == nil) {
			hints[i].Text += "; meanwhile, checks of tokens are answered with 503"
		}
	}
	if len(f.checked) > 0 && s.Admit == config.AdmitRestore {
		hints = append(hints, api.Hint{
			Code: api.HintReplicaAdmit,
			Text: "tokens cannot be checked here: the authority runs with --admit " + s.Admit + ", so that new logins would be denied; run it with --admit follow",
		})
	}
	for _, problem := range f.seen.Problems() {
		hints = append(hints, seenHint(problem, s.SeenSince))
	}
	if hint, is := licencesHint(s.Licences); is {
		hints = append(hints, hint)
	}
	return hints
}
