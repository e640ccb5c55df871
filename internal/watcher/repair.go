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

// verifiedAtOnce is how many app folders the timer verifies at a time: an lstat each,
// so that thousands of folders cost little while nothing happens.
const verifiedAtOnce = 256

// addLost marks for verification what the timer verifies: the root, since no event
// reports that its parent folder was renamed, the folders without a watch, and some
// of those with one, in turn: no event reports that something was mounted over a
// folder, or that a bind mount left it. At the beginning of each turn all watches are
// compared with fsnotify's list: an unmount, for instance, ends them silently.
func (ws *watches) addLost() {
	if root := ws.wanted[""]; root != nil {
		ws.unverified[""] = root
	}
	if int(ws.count.Load()) < len(ws.wanted) {
		for name, f := range ws.wanted {
			if f.identity == nil {
				ws.unverified[name] = f
			}
		}
	}
	if len(ws.inTurn) == 0 {
		ws.inTurn = slices.Collect(maps.Keys(ws.wanted))
		ws.addUnlisted()
	}
	now := ws.inTurn[:min(verifiedAtOnce, len(ws.inTurn))]
	ws.inTurn = ws.inTurn[len(now):]
	for _, name := range now {
		if f := ws.wanted[name]; f != nil { // it may be forgotten by now
			ws.unverified[name] = f
		}
	}
}

// addUnlisted marks for verification the folders whose watch fsnotify does not know of.
func (ws *watches) addUnlisted() {
	watched := slices.DeleteFunc(ws.all(), func(f *folder) bool { return f.identity == nil })
	for _, f := range watched {
		f.confirmed = false
	}
	ws.confirm(watched)
	for _, f := range watched {
		if !f.confirmed {
			ws.unverified[f.name] = f
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
			f.confirmed = false
			ws.unverified[name] = f
		}
	}
}

// repair verifies the unverified folders by fsnotify's list and by their identity,
// sets again each watch that is wrong, and returns what must be looked at again
// because it went without a watch. With always, it also names folders that were named
// too often already.
func (ws *watches) repair(always bool) (Change, error) {
	var again Change
	ws.addStale()
	unverified := ws.takeUnverified()
	ws.confirm(unverified)
	var installed []*folder
	for _, f := range unverified {
		if err := ws.step(); err != nil {
			return again, err
		}
		if f.confirmed && f.current() {
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
	ws.confirm(installed)
	for _, f := range installed {
		delete(ws.unverified, f.name)
		if f.confirmed {
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

// confirm notes of each of some folders whether fsnotify's list has its watch. The list
// is as long as there are watches, so it is asked for only where one is not confirmed.
func (ws *watches) confirm(folders []*folder) {
	byPath := make(map[string]*folder)
	for _, f := range folders {
		if f.identity != nil && !f.confirmed {
			byPath[f.path] = f
		}
	}
	if len(byPath) == 0 {
		return
	}
	for _, path := range ws.src.WatchList() {
		if f := byPath[path]; f != nil {
			f.confirmed = true
		}
	}
}
