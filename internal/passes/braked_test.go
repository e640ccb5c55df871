package passes

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"sessiond/internal/passes/passestest"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// Whoever may only look has nobody logged out: what a pass finds gone is held back where
// it is many, unless somebody asked for the same pass who may have it removed.
func TestBrakedRefresh(t *testing.T) {
	const many = 30
	braked := func(q *queue) { q.refresh(nothing) }
	asked := func(q *queue) { q.refresh(func(b *pendingWork) { b.asked = true }) }
	for name, test := range map[string]struct {
		ask  []func(q *queue)
		held int
	}{
		"alone":                   {[]func(q *queue){braked}, many},
		"twice":                   {[]func(q *queue){braked, braked}, many},
		"with a resync":           {[]func(q *queue){braked, func(q *queue) { q.full(session.TriggerResync, time.Time{}) }}, many},
		"before an administrator": {[]func(q *queue){braked, asked}, 0},
		"after an administrator":  {[]func(q *queue){asked, braked}, 0},
		"before a signal":         {[]func(q *queue){braked, (*queue).hangup}, 0},
		"after a signal":          {[]func(q *queue){(*queue).hangup, braked}, 0},
		"an administrator, alone": {[]func(q *queue){asked}, 0},
		"a signal, alone":         {[]func(q *queue){(*queue).hangup}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			devices := make([]int, many)
			for i := range devices {
				devices[i] = i
			}
			r := startWith(t, refresh.Config{SettleMany: time.Hour}, devices...)
			arrived, release := r.tree.Hold()
			r.Rescan(session.TriggerResync, time.Time{})
			<-arrived // what comes now is merged into the next pass
			for _, ask := range test.ask {
				ask(r.queue)
			}
			for _, n := range devices {
				if err := os.Remove(filepath.Join(r.root, passestest.Key(n).String())); err != nil {
					t.Fatal(err)
				}
			}
			release()
			passestest.Until(t, "nothing is in motion", func() bool {
				now := r.view()
				return r.State().Held == test.held && now.Len() == test.held && len(now.Unsettled(nil, 0)) == test.held
			})
			if test.held == 0 {
				return
			}
			if report := r.refresh(t); report.Removed != many || r.view().Len() != 0 {
				t.Errorf("an administrator's refresh removed %d of %d", report.Removed, many)
			}
		})
	}
}

// The answer to somebody who may only look tells what is held back, and does not wait for it.
func TestBrakedRefreshTells(t *testing.T) {
	const many = 30
	devices := make([]int, many)
	for i := range devices {
		devices[i] = i
	}
	r := startWith(t, refresh.Config{SettleMany: time.Hour}, devices...)
	for _, n := range devices {
		r.remove(t, passestest.Key(n))
	}
	report, err := r.RefreshBraked(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if held := session.CountUnsettled(report.Unsettled).ManyGone; held != many || report.Trigger != session.TriggerSocket || report.Removed != 0 {
		t.Errorf("the report tells of %d held back and %d removed, trigger %q; want %d, 0 and socket", held, report.Removed, report.Trigger, many)
	}
}
