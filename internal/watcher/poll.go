package watcher

import (
	"context"
	"time"
)

// poll does at every tick what events cannot do: it notices that the root is
// another than before and that a watch vanished in silence, and asks for looks
// where there are no events: at some app folders, or at everything.
func (w *Watcher) poll(ctx context.Context) {
	ticker := time.NewTicker(w.cfg.Poll)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.broken:
			w.discardFailed()
		case <-ticker.C:
			w.tick()
		}
	}
}

func (w *Watcher) tick() {
	now := w.active.Load()
	if now.mode == Events {
		w.verify(true)
		if w.active.Load() == now {
			w.changes.putAtOnce(w.watches.polledFolders())
			return
		}
	} else if now.degraded() {
		// First the watches, then the change: the pass must list what it finds
		// under watches that are set already.
		w.restore()
	}
	w.changes.putAtOnce(pollAll())
}

// discardFailed closes a source that failed. Events may have been lost with it.
func (w *Watcher) discardFailed() {
	w.do(func() {
		if w.ended || w.watches.src == nil {
			return
		}
		if err := w.watches.src.failed(); err != nil {
			w.watches.release()
			w.degrade(err)
			w.changes.putAtOnce(rescanAll())
		}
	})
}
