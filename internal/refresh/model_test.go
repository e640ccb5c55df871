package refresh_test

import (
	"errors"
	"io/fs"
	"maps"
	"syscall"

	"sessiond/internal/session"
)

// model is the refresh contract on a page: what a tree that is left at rest
// comes to when it is looked at, whatever asked for the look.
type model struct {
	tree     *tree
	follow   bool
	memory   keys                   // the sessions and their content
	rejected keys                   // mobi errors
	faults   keys                   // errors of the operating system, at the last look
	device   map[session.Key]uint64 // that a folder's sessions came from
}

// look looks at everything; what is opened is admitted.
func (m *model) look(opened func(session.Key) bool) {
	clear(m.faults)
	if m.cannotBeListed(session.RootKey) {
		return // it stands for everything beneath
	}
	for _, app := range m.tree.apps() {
		m.cannotBeListed(session.FolderKey(app))
	}
	known := map[session.Key]bool{}
	for _, path := range m.tree.files() {
		known[session.Key(path)] = true
	}
	for key := range m.memory {
		known[key] = true
	}
	for key := range m.rejected {
		known[key] = true
	}
	for key := range known {
		if m.faults[session.FolderKey(key.App())] == "" {
			m.decide(key, opened(key))
		}
	}
}

// decide is the table of section 3.
func (m *model) decide(key session.Key, opened bool) {
	data, err := m.tree.content(string(key))
	_, problem := judge{}.Judge(key.Place(), []byte(data))
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

// cannotBeListed reports whether nothing can be said about what is in a folder:
// it cannot be listed, or the sessions in memory came from another device.
func (m *model) cannotBeListed(folder session.Key) bool {
	device, err := m.tree.list(folder.App())
	if errors.Is(err, fs.ErrNotExist) {
		return false // that says all
	}
	for key := range m.memory {
		if (folder == session.RootKey || key.App() == folder.App()) && device != 0 && m.device[folder] != device {
			err = syscall.EXDEV
		}
	}
	if err != nil {
		m.faults[folder] = session.NewFileProblem(folder, err).String()
		return true
	}
	m.device[folder] = device
	return false
}

// errors are the current errors: why a file cannot be judged comes before its
// last verdict.
func (m *model) errors() keys {
	current := maps.Clone(m.rejected)
	maps.Copy(current, m.faults)
	return current
}
