package refresh

import (
	"sync"
	"sync/atomic"

	"sessiond/internal/mobileapps"
)

// job is to look at some files of an app folder, or at all of them.
type job struct {
	app *app
	ids map[string]struct{} // nil: all
}

// crew are the workers of a pass: a pass spends its time in the kernel, which has
// several processors. Each takes one folder after another; who finds none left
// helps the others with theirs, since one folder may be larger than all the rest.
type crew struct {
	help chan func()
}

// offer gives a task to a worker who has nothing to do, or does it here.
func (c *crew) offer(task func()) {
	select {
	case c.help <- task:
	default:
		task()
	}
}

// do does the jobs, which are in the order of their keys.
func (p *pass) do(root mobileapps.Root, sig mobileapps.Signature, jobs []*job, t *tally) {
	c := &crew{help: make(chan func())}
	var next atomic.Int64
	var left sync.WaitGroup
	left.Add(len(jobs))
	lookers := make([]*looker, len(jobs))
	work := func() {
		for i := next.Add(1) - 1; i < int64(len(jobs)); i = next.Add(1) - 1 {
			l := &looker{pass: p, app: jobs[i].app, t: &tally{}, nearest: sig}
			l.folderIn(root, jobs[i].ids, c)
			l.t.sort() // here, where there are several workers for it
			lookers[i] = l
			left.Done()
		}
	}
	workers := p.cfg.Workers
	if len(jobs) == 1 && jobs[0].ids != nil {
		workers = 1 // a few files, and most passes are that
	}
	var others sync.WaitGroup
	for range workers - 1 {
		others.Go(func() {
			work()
			for task := range c.help {
				task()
			}
		})
	}
	work()
	left.Wait()
	close(c.help)
	others.Wait()
	p.gather(lookers, t)
}
