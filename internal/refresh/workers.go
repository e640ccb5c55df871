package refresh

import (
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"sessiond/internal/mobileapps"
)

// job is to look at some files of an app folder, or at all of them.
type job struct {
	app *app
	ids map[string]struct{} // nil: all
}

// do does the jobs, which are in the order of their keys. A pass spends its time in the
// kernel, which has several processors: each worker takes one folder after another,
// and steps of a large one, since one folder may be larger than all the rest.
func (p *pass) do(root mobileapps.Root, sig mobileapps.Signature, jobs []job, t *passResult) {
	scans := make([]*folderScan, len(jobs)) // nil where nothing is left to do
	var workers errgroup.Group
	workers.SetLimit(p.cfg.Workers)
	var next atomic.Int64
	for range min(p.cfg.Workers, len(jobs)) {
		workers.Go(func() error {
			for i := int(next.Add(1)) - 1; i < len(jobs); i = int(next.Add(1)) - 1 {
				l := p.newScan(jobs[i].app, sig)
				l.folderIn(root, jobs[i].ids, &workers)
				if p.mergeQuiet(l, t) {
					continue
				}
				l.t.sort() // here, where there are several workers for it
				scans[i] = l
			}
			return nil
		})
	}
	_ = workers.Wait() // they return none
	p.gather(slices.DeleteFunc(scans, func(l *folderScan) bool { return l == nil }), t)
}

// newScan returns a scan of an app folder.
func (p *pass) newScan(a *app, nearest mobileapps.Signature) *folderScan {
	l, ok := p.scans.Get().(*folderScan)
	if !ok {
		l = &folderScan{t: &passResult{}}
	}
	l.pass, l.app, l.nearest = p, a, nearest
	return l
}

// mergeQuiet ends a scan that has only counted, and reports whether it was one: nothing
// is left to be decided, nor told. Nearly all are, and there may be tens of thousands.
// It is called by workers.
func (p *pass) mergeQuiet(l *folderScan, t *passResult) bool {
	if !l.t.onlyCounts() || l.cameBack || len(l.candidates) > 0 || len(l.app.waiting) > 0 || l.app.empty() {
		return false
	}
	l.app.files.shrink()
	p.quiet.Lock()
	t.merge(l.t)
	p.quiet.Unlock()
	*l.t = passResult{}
	*l = folderScan{t: l.t}
	p.scans.Put(l)
	return true
}

// gather decides what only all scans of the pass together can decide, and merges
// their results; the scans are in the order of their folders' keys.
func (p *pass) gather(scans []*folderScan, t *passResult) {
	for _, l := range scans {
		p.track(l) // which the decision needs
	}
	p.decideRemovals(scans)
	for _, l := range scans {
		if len(l.candidates) > 0 {
			l.t.sort()
		}
	}
	for _, l := range scans {
		t.merge(l.t)
		p.track(l) // what the decision settled is so no longer
		p.prune(l.app)
	}
}

// prune forgets an app folder of which nothing is left to remember.
func (p *pass) prune(a *app) {
	if a.empty() {
		delete(p.apps, a.name)
		return
	}
	a.files.shrink()
}
