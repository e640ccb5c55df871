package watcher

// Renew makes sure that an app folder, or the root if the name is empty, is
// watched, and that the watch is on the folder that is at its path now. A pass
// calls it before it lists the folder: what changes before is then seen by the
// listing, what changes after by an event. A pass that looks only at single files
// may call it, too: where a watch turns out to be on another folder, a change asks
// for a look at the whole.
//
// A folder that is not there or may not be read is no failure; it is watched
// once a later Renew, or the timer, finds that it can be. An app folder that can be
// listed and not watched, or that gives no events for what others write, is polled:
// the timer asks for looks at it, and tries again to watch it. Where the root is
// another than before, all app folders lose their watches until they are
// renewed, too.
//
// A file system that does not answer holds Renew up once, for a second; then
// nothing is watched until it answers, and the timer asks for full passes.
func (w *Watcher) Renew(name string) {
	if w.wantsEvents() {
		w.do(func() { w.renew(name) })
	}
}

func (w *Watcher) renew(name string) {
	if w.ended {
		return
	}
	f := w.watches.want(name)
	switch {
	case f.current():
	case w.active.Load().degraded():
		// A watch on another folder is worse than none. The timer sets it again.
		w.watches.drop(f)
	case w.watches.isPolled(name) && !f.stale.Load():
		// The timer tries to watch it again.
	default:
		w.setAgain(f)
	}
}

// setAgain sets a folder's watch again.
func (w *Watcher) setAgain(f *folder) {
	// An event that made the folder stale has led to a change already.
	unannounced := f.identity != nil && !f.stale.Load()
	if err := w.install(f); err != nil {
		w.degrade(err)
		return
	}
	if unannounced && f.identity != nil {
		var c Change
		c.addFolder(f.name)
		w.changes.put(c)
	}
}

// install sets a folder's watch, the first of all on a new source.
func (w *Watcher) install(f *folder) error {
	if err := w.ensureSource(); err != nil {
		return err
	}
	return w.watches.install(f)
}

// ensureSource opens a source where there is none, and starts to drain it.
func (w *Watcher) ensureSource() error {
	if w.watches.src != nil {
		return nil
	}
	src, err := w.open()
	if err != nil {
		return err
	}
	w.watches.src = src
	w.drains.Go(func() { w.drain(src) })
	return nil
}

// Forget gives up the watch of an app folder that is gone.
func (w *Watcher) Forget(name string) {
	if w.wantsEvents() {
		w.do(func() { w.watches.forget(name) })
	}
}

// Verify compares the watches that were set since its last call with fsnotify's
// list; it is called after each pass. A folder that turns out to be without a watch
// gets one, and a change, since events may have been missed. Where no watch was
// set, Verify does nothing. It waits for the file system no longer than
// [Watcher.Renew] does.
func (w *Watcher) Verify() { w.verify(false) }

// verify also looks for watches that ended silently if the timer calls it.
func (w *Watcher) verify(timer bool) {
	if again := w.repair(timer); timer && again.All {
		w.changes.putAtOnce(again)
	} else {
		w.changes.put(again)
	}
}

// repair returns what must be looked at again.
func (w *Watcher) repair(timer bool) Change {
	found := make(chan Change, 1)
	if !w.do(func() { found <- w.repairNow(timer) }) {
		return Change{}
	}
	return <-found
}

func (w *Watcher) repairNow(timer bool) Change {
	if w.ended || w.watches.src == nil || w.active.Load().degraded() {
		return Change{}
	}
	if timer {
		w.watches.addLost()
	}
	again, err := w.watches.repair(timer)
	if err != nil {
		w.degrade(err)
	}
	return again
}

// do does work with the watches, and reports whether it is done.
func (w *Watcher) do(work func()) bool {
	return w.ops.do(func() {
		work()
		w.notePolled()
	})
}

// wantsEvents reports whether events were asked for.
func (w *Watcher) wantsEvents() bool { return w.cfg.Mode != Poll && w.cfg.Mode != Off }
