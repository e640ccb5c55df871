package daemon

import (
	"os"

	"sessiond/internal/api"
	"sessiond/internal/passes"
	"sessiond/internal/store"
)

// refresher is what control may ask of the daemon.
type refresher struct {
	*passes.Loop
	status func() api.Status
}

// Status implements control.Refresher.
func (r refresher) Status() api.Status { return r.status() }

// status returns how the daemon is.
func (d *Daemon) status() api.Status {
	// What is at rest now is in the view: it must be taken after the question.
	watch := d.watcher.State()
	busy := watch.Gathering || d.passes.Busy()
	view := d.store.View()
	s := api.Status{
		Version:   d.version,
		PID:       os.Getpid(),
		StartedAt: d.startedAt,
		Root:      d.settings.Root,
		Admit:     d.settings.Admit,
		Watch: api.Watch{
			Mode:     string(watch.Mode),
			Degraded: watch.Degraded,
			Reason:   watch.Reason,
			Watches:  watch.Watches,
		},
		Write:           d.writing(),
		Notify:          d.following(),
		Replica:         d.published(),
		Sessions:        view.Len(),
		Pending:         view.Totals().Pending,
		NotInMemory:     view.NotInMemory(),
		Licences:        d.licences(view),
		Checks:          d.checks(),
		SeenSince:       d.seen.Since(),
		Rejected:        view.Totals().Rejected,
		RejectedByCode:  view.RejectedByCode(),
		Epoch:           view.Epoch(),
		Revision:        view.Revision(),
		Passes:          view.Passes(),
		Busy:            busy,
		LastPass:        view.LastPass(),
		LastSuccess:     view.LastSuccess(),
		Errors:          view.Problems(nil, api.MaxListed),
		ErrorsTotal:     view.CountProblems(),
		Unsettled:       view.Unsettled(nil, api.MaxListed),
		UnsettledTotal:  view.CountUnsettled().Total(),
		UnsettledCounts: view.CountUnsettled(),
	}
	s.NotInMemoryFiles, _ = view.Unadmitted(store.FileFilter{Limit: api.MaxNamed})
	s.Hints = d.hints(s)
	return s
}
