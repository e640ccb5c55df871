package watcher

import (
	"maps"
	"slices"
)

// patience is how often in a row a watch that was set and is not there leads to
// another look. It takes one or two where a folder was renamed, until fsnotify
// has read the event that ends the watch under the former name. A folder that
// stays without, for instance one that is mounted in two places, is then left
// to the timer.
const patience = 4

// verifiedAtOnce is how many app folders with a watch the timer verifies at a time: an
// lstat each, so that thousands of folders cost little while nothing happens.
const verifiedAtOnce = 256

// addLost marks for verification the folders without a watch and those whose watch
// fsnotify does not know of: an unmount, for instance, ends watches silently. The
// root is always verified, since no event reports that its parent folder was
// renamed. Of the other folders some are verified each time, in turn: no event
// reports that something was mounted over one, or that a bind mount left it.
func (ws *watches) addLost() {
	listed := ws.listed()
	for name, f := range ws.wanted {
		if _, found := listed[f.path]; name == "" || !found || f.identity == nil {
			ws.unverified[name] = f
		}
	}
	if len(ws.inTurn) == 0 {
		ws.inTurn = slices.Collect(maps.Keys(ws.wanted))
	}
	now := ws.inTurn[:min(verifiedAtOnce, len(ws.inTurn))]
	ws.inTurn = ws.inTurn[len(now):]
	for _, name := range now {
		if f := ws.wanted[name]; f != nil { // it may be forgotten by now
			ws.unverified[name] = f
		}
	}
}

// addStale marks for verification the folders that events made stale and no pass
// has renewed since, for instance because it found the folder gone.
func (ws *watches) addStale() {
	if !ws.anyStale.Swap(false) {
		return
	}
	for name, f := range ws.wanted {
		if f.stale.Load() {
			ws.unverified[name] = f
		}
	}
}

// repair compares the unverified folders with fsnotify's list and with their
// identity, sets again each watch that is wrong, and returns what must be looked at
// again because it went without a watch. With always, it also names folders that
// were named too often already.
func (ws *watches) repair(always bool) (Change, error) {
	var again Change
	ws.addStale()
	if len(ws.unverified) == 0 {
		return again, nil
	}
	var installed []*folder
	listed := ws.listed()
	for _, f := range ws.takeUnverified() {
		if err := ws.step(); err != nil {
			return again, err
		}
		if _, found := listed[f.path]; found && f.current() {
			f.misses = 0
			continue
		}
		watched := f.identity != nil
		if err := ws.install(f); err != nil {
			return again, err
		}
		if f.identity != nil {
			installed = append(installed, f)
			continue
		}
		if watched {
			again.addFolder(f.name)
		}
		if f.gone() {
			ws.forget(f.name)
		}
	}
	if len(installed) == 0 {
		return again, nil
	}
	listed = ws.listed()
	for _, f := range installed {
		delete(ws.unverified, f.name)
		if _, found := listed[f.path]; found {
			f.misses = 0
		} else {
			f.misses++
			ws.drop(f)
		}
		if always || f.misses <= patience {
			again.addFolder(f.name)
		}
	}
	return again, nil
}

// listed returns the paths that fsnotify watches, as far as it knows.
func (ws *watches) listed() map[string]struct{} {
	list := ws.src.WatchList()
	listed := make(map[string]struct{}, len(list))
	for _, path := range list {
		listed[path] = struct{}{}
	}
	return listed
}
