package store

import (
	"cmp"
	"strings"

	"sessiond/internal/session"
)

// appName is a name that sessions of an app folder give.
type appName struct{ app, name string }

func (n appName) compare(other appName) int {
	return cmp.Or(strings.Compare(n.app, other.app), strings.Compare(n.name, other.name))
}

// appNames has how many sessions give each name, so that to know an app's name no
// session has to be looked at.
type appNames struct{ table[appName, nameUse] }

// nameUse is how often a name is given. The name shares no text with a session.
type nameUse struct {
	name     string
	sessions int
}

func newAppNames() appNames { return appNames{newTable[appName, nameUse](appName.compare)} }

func (n appNames) snapshot() appNames { return appNames{n.table.snapshot()} }

// nameChanges are by how much more often a pass has names given. Their texts may be
// those of sessions.
type nameChanges map[appName]int

// replace notes that a session of an app folder was replaced by another; either may be
// nil.
func (c nameChanges) replace(app string, old, now *session.Session) {
	before, after := nameOf(old), nameOf(now)
	if before == after {
		return
	}
	if before != "" {
		c[appName{app, before}]--
	}
	if after != "" {
		c[appName{app, after}]++
	}
}

func nameOf(s *session.Session) string {
	if s == nil {
		return ""
	}
	return s.AppName()
}

// apply takes over what a pass has changed.
func (n appNames) apply(changes nameChanges) {
	for name, more := range changes {
		if more == 0 {
			continue
		}
		use, known := n.get(name)
		if !known {
			use.name = strings.Clone(name.name)
		}
		use.sessions += more
		if use.sessions == 0 {
			n.drop(name)
			continue
		}
		n.put(appName{name.app, use.name}, use)
	}
}

// firstOf returns the first name of an app folder, or nothing.
func (n appNames) firstOf(app string) string {
	for first := range n.from(appName{app: app}) {
		if first.app == app {
			return first.name
		}
		break
	}
	return ""
}
