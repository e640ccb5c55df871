package edit

import (
	"context"
	"errors"
	"slices"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// job is what is left to be looked at after a change: the files that had the session's
// name and were taken out of its place. Another program may have one of them open, and
// write to it.
type job struct {
	key  session.Key
	set  Set
	kept []kept
	done chan struct{} // closed when nothing is left

	// ours are the digests of all that was read or written: such content may be
	// removed.
	ours map[session.Digest]bool
	// placed is the new file, base the version that it was made of; nil where the
	// change was not made.
	placed *version
	base   version
	// again is true while the change has to be made again.
	again bool
}

// kept is a file that is kept under a temporary name.
type kept struct {
	name string
	was  version // when it was taken out of its place
	// late is true as long as only later changes of it can be seen than what is in place,
	// or was made of it. Time stamps alone do not tell: two writes may have the same.
	late bool
}

// maxRounds is how often a job looks at what does not come to rest.
const maxRounds = 40

func (e *Editor) newJob(key session.Key, set Set) *job {
	return &job{key: key, set: set, done: make(chan struct{}), ours: make(map[session.Digest]bool)}
}

// keep has the job look at a file again later. The digests are those of what was read and
// what was written.
func (j *job) keep(name string, was version, read, written session.Digest) {
	j.kept = append(j.kept, kept{name, was.withoutData(), true})
	j.ours[read], j.ours[written] = true, true
}

// reread is called after the session file was read again: what changed among the kept
// files before that may be older or newer.
func (j *job) reread(f *folder) {
	for i := range j.kept {
		now, err := f.look(j.kept[i].name)
		j.kept[i].late = err == nil && j.kept[i].was.isSame(now)
	}
}

// begin has the jobs of entries go on together in the background, those that have something
// to do. The caller has the turn.
func (e *Editor) begin(root *heldRoot, entries []*entry) {
	var jobs []*job
	for _, t := range entries {
		if j := t.job; len(j.kept) > 0 {
			e.jobs[j.key] = j
			e.enliven(j, true)
			jobs = append(jobs, j)
		}
	}
	if len(jobs) == 0 {
		return
	}
	root.users++
	e.background.Go(func() { e.finish(root, jobs) })
}

// enliven says that the job's files are no leftovers, or that they are.
func (e *Editor) enliven(j *job, alive bool) {
	for _, k := range j.kept {
		if file := (temporaryFile{j.key.App, k.name}); alive {
			e.live[file] = true
		} else {
			delete(e.live, file)
		}
	}
}

// finish does the work of jobs, a settle time after each step.
func (e *Editor) finish(root *heldRoot, jobs []*job) {
	ctx := context.Background() // it ends by itself
	for round := 1; len(jobs) > 0; round++ {
		_ = e.rest(ctx)
		_ = e.acquire(ctx)
		folders := e.newFolders(root)
		jobs = slices.DeleteFunc(jobs, func(j *job) bool {
			e.enliven(j, false)
			over := e.step(folders, j, round >= maxRounds)
			e.enliven(j, true)
			if over {
				delete(e.jobs, j.key)
				close(j.done)
			}
			return over
		})
		folders.close()
		if len(jobs) == 0 {
			e.letGo(root)
		}
		e.release()
	}
}

// step looks at all that a job keeps, and reports whether nothing is left to do.
func (e *Editor) step(folders *folders, j *job, last bool) (over bool) {
	f, err := folders.open(j.key.App)
	if err != nil {
		e.recovered = rootPlace{} // they may be in a folder of another name by now
		if !mobileapps.IsAbsent(err) {
			e.giveUp(j, err)
		}
		return true
	}
	rest := j.kept[:0]
	for _, k := range j.kept {
		if next, stays := e.settle(f, j, k, last); stays {
			rest = append(rest, next)
		}
	}
	j.kept = rest
	if j.again {
		e.repeat(f, j, last)
	}
	if last && len(j.kept) > 0 {
		e.giveUp(j, errRestless)
	}
	return last || len(j.kept) == 0 && !j.again
}

var errRestless = errors.New("it does not come to rest")

// giveUp leaves what is kept to the next recovery.
func (e *Editor) giveUp(j *job, err error) {
	for _, k := range j.kept {
		e.left(j.key, k.name, err)
	}
	j.kept = nil
	e.recovered = rootPlace{}
}

// settle decides about one kept file. It stays where that cannot be done yet.
func (e *Editor) settle(f *folder, j *job, k kept, last bool) (next kept, stays bool) {
	now, err := f.look(k.name)
	switch {
	case err != nil:
		return k, true
	case now.absent:
		return k, false
	case !now.whole:
		return k, true
	case k.was.whole && k.was.isSame(now) && j.ours[k.was.digest]:
		err := f.Remove(k.name)
		if err != nil && isBusy(err) && !last { // on Windows, a program has it open
			return k, true
		}
		if err != nil {
			e.left(j.key, k.name, err)
		}
		return k, false
	case k.was.whole && k.was.isSame(now): // and something newer took its place
		e.discardForeign(f, j.key, k.name, now, ReasonSuperseded)
		return k, false
	}
	// Somebody wrote this after it was taken out of its place.
	inPlace, err := f.look(j.key.ID)
	newest, known := j.isNewest(k, now, inPlace)
	switch {
	case err != nil || !known && !last:
		return k, true
	case !newest:
		e.discardForeign(f, j.key, k.name, now, ReasonSuperseded)
		return k, false
	}
	return e.putBack(f, j, k, now, inPlace)
}

// isNewest reports whether a kept file, which others wrote to, is newer than what has the
// session's name. Where their time stamps are the same, it is not.
func (j *job) isNewest(k kept, written, inPlace version) (newest, known bool) {
	switch {
	case inPlace.absent || !inPlace.is.Regular: // deleted after the exchange, so after all that the kept file is
		return false, true
	case !inPlace.whole:
		return false, false
	case j.placed != nil && j.placed.isSame(inPlace):
		// What is in place is ours, and as old as what it was made of.
		return k.late || written.isNewer(j.base), true
	}
	return written.isNewer(inPlace), true
}

// putBack puts what another program wrote back in place of what it is newer than. If it
// replaces an edit, that has to be made again.
func (e *Editor) putBack(f *folder, j *job, k kept, newest, inPlace version) (next kept, stays bool) {
	s, begun, err := f.swap(j.key.ID, k.name, newest, inPlace)
	switch {
	case err != nil && begun:
		e.left(j.key, k.name, err)
		e.recovered = rootPlace{}
		return k, false
	case err != nil:
		return k, true
	}
	if err := f.Sync(); err != nil {
		e.notify(Notice{Key: j.key, Kind: NoticeUndone, Err: withoutPath(err)})
	}
	j.again = j.again || j.placed != nil
	return kept{k.name, s.out.withoutData(), true}, true
}

// repeat makes the change of a job again.
func (e *Editor) repeat(f *folder, j *job, last bool) {
	t := &entry{Item: Item{Key: j.key}, folder: f, job: j}
	e.change([]*entry{t}, Options{})
	err := t.Err
	switch {
	case t.state == stateUnsettled && !last, isConflict(err) && !last:
		return // at the next step
	case t.state == stateUnsettled:
		err = t.before.reason()
	}
	j.again = false
	if err != nil {
		e.notify(Notice{Key: j.key, Kind: NoticeUndone, Err: err})
		return
	}
	e.notify(Notice{Key: j.key, Kind: NoticeAgain, Result: t.Result})
}

func isConflict(err error) bool {
	var fault *Error
	return errors.As(err, &fault) && fault.Kind == KindConflict
}

// discardForeign hands a file that others wrote to the trash, and removes it.
func (e *Editor) discardForeign(f *folder, key session.Key, name string, v version, why Reason) Notice {
	n := Notice{Key: key, Kind: NoticeKept, Since: time.Unix(0, v.file.Ctime)}
	if e.config.Trash == nil {
		n.Kind, n.File, n.Err = NoticeLeft, name, errNoTrash
		e.notify(n)
		return n
	}
	copied := e.config.Trash.Put(context.Background(), removed(key, v, n.Since, why))[0]
	n.Trash, n.Err = copied.ID, copied.Err
	if n.Err == nil {
		if n.Err = f.Remove(name); n.Err != nil {
			n.File, n.Err = name, withoutPath(n.Err)
		}
	} else {
		n.Kind, n.File = NoticeLeft, name
	}
	e.notify(n)
	return n
}

var errNoTrash = errors.New("there is no trash that could keep it")

func removed(key session.Key, v version, at time.Time, why Reason) Removed {
	return Removed{
		Key: key, Data: v.file.Data, Digest: v.digest, Attributes: v.file.Attributes,
		Modified: v.file.ModifiedAt(), RemovedAt: at, Reason: why,
	}
}
