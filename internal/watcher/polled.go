package watcher

import (
	"fmt"
	"maps"
	"slices"

	"go.uber.org/zap"
)

// setPolled notes that an app folder cannot be watched, and why, so that the
// timer asks for a look at it; or, with a nil error, that it need not.
func (ws *watches) setPolled(name string, err error) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if err == nil {
		delete(ws.polled, name)
		return
	}
	ws.polled[name] = err
}

// isPolled reports whether the timer asks for looks at an app folder.
func (ws *watches) isPolled(name string) bool {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.polled[name] != nil
}

// arePolled reports whether there are app folders that are polled.
func (ws *watches) arePolled() bool {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return len(ws.polled) > 0
}

// polledFolders asks for a look at each app folder that cannot be watched.
func (ws *watches) polledFolders() Change {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	c := Change{Polled: true}
	for name := range ws.polled {
		c.addFolder(name)
	}
	return c
}

// pollReason says why app folders are polled, by the first of them; empty where
// none is. It never waits for the file system.
func (ws *watches) pollReason() string {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if len(ws.polled) == 0 {
		return ""
	}
	first := ws.polled[slices.Min(slices.Collect(maps.Keys(ws.polled)))]
	switch others := len(ws.polled) - 1; others {
	case 0:
		return reason(first)
	case 1:
		return fmt.Sprintf("%s; and one more app folder", reason(first))
	default:
		return fmt.Sprintf("%s; and %d more app folders", reason(first), others)
	}
}

// notePolled logs that there are app folders that cannot be watched, or that
// there are none any more. It is called at the end of whatever sets watches.
func (w *Watcher) notePolled() {
	if w.active.Load().mode != Events {
		return // everything is polled
	}
	if w.watches.arePolled() == w.polling {
		return
	}
	w.polling = !w.polling
	if w.polling {
		reason := w.watches.pollReason()
		w.notices.put(func() {
			w.cfg.Log.Warn("an app folder cannot be watched; looking at it at intervals instead",
				zap.String("reason", reason), zap.Duration("interval", w.cfg.Poll))
		})
		return
	}
	w.notices.put(func() { w.cfg.Log.Info("no app folder needs to be looked at at intervals any more") })
}
