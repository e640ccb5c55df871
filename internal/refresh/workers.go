package refresh

import (
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
func (p *pass) do(root mobileapps.Root, sig mobileapps.Signature, jobs []*job, t *passResult) {
	scans := make([]*folderScan, len(jobs))
	var workers errgroup.Group
	workers.SetLimit(p.cfg.Workers)
	for i, j := range jobs {
		workers.Go(func() error {
			l := &folderScan{pass: p, app: j.app, t: &passResult{}, nearest: sig}
			l.folderIn(root, j.ids, &workers)
			l.t.sort() // here, where there are several workers for it
			scans[i] = l
			return nil
		})
	}
	_ = workers.Wait() // they return none
	p.gather(scans, t)
}

// gather decides what only all scans of the pass together can decide, and merges
// their results; the scans are in the order of their folders' keys.
func (p *pass) gather(scans []*folderScan, t *passResult) {
	for _, l := range scans {
		p.noteUnsettled(l.app) // which the decision needs
	}
	p.decideRemovals(scans)
	for _, l := range scans {
		if len(l.candidates) > 0 {
			l.t.sort()
		}
	}
	for _, l := range scans {
		t.merge(l.t)
		p.noteUnsettled(l.app) // what the decision settled is so no longer
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
