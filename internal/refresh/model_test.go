package refresh_test

import (
	"errors"
	"io/fs"
	"maps"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// model is the refresh contract on a page: what a tree that is left at rest
// comes to when it is looked at, whatever asked for the look.
type model struct {
	tree     *tree
	follow   bool
	memory   keys                        // the sessions and their content
	rejected keys                        // mobi errors
	faults   keys                        // errors of the operating system, at the last look
	place    mobileapps.Place            // of the root
	mounts   map[string]mobileapps.Mount // of app folders, where it is not the root's
}

// look looks at everything; what is opened is admitted.
func (m *model) look(opened func(session.Key) bool) {
	clear(m.faults)
	if m.cannotBeListed(session.Key{}) {
		return // it stands for everything beneath
	}
	apps := map[string]bool{}
	for _, app := range m.tree.apps() {
		apps[app] = true
	}
	for key := range m.memory {
		apps[key.App] = true
	}
	for app := range apps {
		m.cannotBeListed(session.Key{App: app})
	}
	known := map[session.Key]bool{}
	for _, path := range m.tree.files() {
		known[keyOf(path)] = true
	}
	for key := range m.memory {
		known[key] = true
	}
	for key := range m.rejected {
		known[key] = true
	}
	for key := range known {
		if m.faults[session.Key{App: key.App}] == "" {
			m.decide(key, opened(key))
		}
	}
}

// decide is the table of section 3.
func (m *model) decide(key session.Key, opened bool) {
	data, err := m.tree.content(key.String())
	_, problem := judge{}.Judge(key, []byte(data))
	_, loaded := m.memory[key]

	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		m.faults[key] = session.NewFileProblem(key, err).String()
		return
	}
	delete(m.rejected, key)
	switch {
	case err != nil:
		delete(m.memory, key)
	case problem != nil:
		delete(m.memory, key)
		m.rejected[key] = problem.String()
	case loaded || opened || m.follow:
		m.memory[key] = data
	}
}

// cannotBeListed reports whether nothing can be said about what is in a folder: it
// cannot be listed, or it is on another mount than the sessions in memory came from,
// and not the same tree.
func (m *model) cannotBeListed(folder session.Key) bool {
	err := m.tree.list(folder.App)
	mine := maps.Clone(m.memory)
	maps.DeleteFunc(mine, func(key session.Key, _ string) bool { return !folder.IsRoot() && key.App != folder.App })
	if !m.isAccepted(folder, errors.Is(err, fs.ErrNotExist), mine) {
		err = session.ErrOtherMount
	}
	if errors.Is(err, fs.ErrNotExist) {
		return false // that says all
	}
	if err != nil {
		m.faults[folder] = session.NewFileProblem(folder, err).String()
		return true
	}
	return false
}

// isAccepted reports whether the mount that a folder is on, or is absent from, may be
// the one that sessions came from.
func (m *model) isAccepted(folder session.Key, absent bool, sessions keys) bool {
	root, err := m.tree.Open()
	if folder.IsRoot() {
		switch {
		case absent:
			near, _ := m.tree.Nearest(m.place)
			return len(sessions) == 0 || near.Mount == m.place.Mount && near.Above == m.place.Above
		case err != nil:
			return true // that says all
		case root.Mount() != m.place.Mount && len(sessions) > 0 && !isSameTree(root, sessions):
			return false
		}
		m.place, _ = root.Place()
		return true
	}
	var own mobileapps.Mount
	if err == nil && !absent {
		opened, err := root.Open(folder.App)
		if err != nil {
			return true
		}
		if own = opened.Mount(); own == root.Mount() {
			own = mobileapps.Mount{}
		}
	}
	if own != m.mounts[folder.App] && len(sessions) > 0 && (absent || !isSameTree(root, sessions)) {
		return false
	}
	m.mounts[folder.App] = own
	return true
}

// errors are the current errors: why a file cannot be judged comes before its
// last verdict.
func (m *model) errors() keys {
	current := maps.Clone(m.rejected)
	maps.Copy(current, m.faults)
	return current
}
