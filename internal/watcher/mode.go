package watcher

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"

	"go.uber.org/zap"

	"sessiond/internal/hang"
)

// activeMode is the mode in force. Where that is not the one asked for, reason says
// why.
type activeMode struct {
	mode   Mode
	reason string
}

func (m *activeMode) degraded() bool { return m.reason != "" }

// longestGap is the largest number of ticks between two attempts to return to
// events. The gap grows with each failed attempt: on kqueue, an attempt in a folder
// that is too large opens every file in it.
const longestGap = 32

// degrade has the timer ask for full passes from now on, because of err. The
// watches there are stay, and their events lead to changes as before.
func (w *Watcher) degrade(err error) {
	if costly(err) {
		w.watches.release()
	}
	w.pollBecause(err)
}

// pollBecause turns to polling. It is logged once, however often the
// reason changes.
func (w *Watcher) pollBecause(err error) {
	before := w.active.Swap(&activeMode{mode: Poll, reason: reason(err)})
	if before.degraded() {
		return
	}
	w.notices.put(func() {
		w.cfg.Log.Warn("changes cannot be watched; looking at everything at intervals instead",
			zap.String("reason", reason(err)), zap.Duration("interval", w.cfg.Poll))
	})
}

// restore tries to return to events, now and then.
func (w *Watcher) restore() { w.do(w.restoreNow) }

func (w *Watcher) restoreNow() {
	if w.ended {
		return
	}
	if w.pause > 0 {
		w.pause--
		return
	}
	now := w.active.Load()
	if err := w.installAll(); err != nil {
		w.degrade(err)
		w.putOff()
		return
	}
	if !w.active.CompareAndSwap(now, &activeMode{mode: Events}) { // it took too long
		w.putOff()
		return
	}
	w.gap = 0
	watches := w.watches.count.Load()
	w.notices.put(func() { w.cfg.Log.Info("changes are watched again", zap.Int64("watches", watches)) })
}

// putOff makes the next attempt to return to events come later than the last did.
func (w *Watcher) putOff() {
	w.gap = min(max(1, 2*w.gap), longestGap)
	w.pause = w.gap - 1
}

// gaveUp notes that the file system does not answer. Passes go ahead without
// watches from now on, so the timer has to ask for them.
func (w *Watcher) gaveUp() { w.pollBecause(hang.ErrHung) }

// cameBack notes that the file system has answered. Folders were listed without a
// watch meanwhile, and no watch was compared with the folder at its path: so all
// watches are given up, and everything must be looked at again.
func (w *Watcher) cameBack() {
	w.watches.release()
	w.changes.putAtOnce(rescanAll())
}

// installAll sets every watch that is missing and stops where one cannot be had.
func (w *Watcher) installAll() error {
	if err := w.ensureSource(); err != nil {
		return err
	}
	for _, f := range w.watches.all() {
		if f.identity != nil {
			continue
		}
		if err := w.watches.install(f); err != nil {
			return err
		}
	}
	return nil
}

// costly reports whether the existing watches must be released after this error:
// when descriptors ran out, which kqueue needs for every file, passes need them;
// and on a file system without events watches are useless.
func costly(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, errNoEvents)
}

// reason returns the error with what a person can do about it.
func reason(err error) string {
	if runtime.GOOS == "linux" {
		switch {
		case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
			return fmt.Sprintf("%v: a security module or a container's filter refuses it", err)
		case errors.Is(err, syscall.ENOSPC):
			return fmt.Sprintf("%v: no watches are left; raise fs.inotify.max_user_watches", err)
		case errors.Is(err, syscall.EMFILE):
			return fmt.Sprintf("%v: raise fs.inotify.max_user_instances or the limit of open files", err)
		}
	}
	return err.Error()
}
