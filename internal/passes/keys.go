package passes

import (
	"sessiond/internal/session"
)

// These bound how many keys wait for a pass, however long the one before it takes.
// More files of one folder become the folder (refresh contract, section 6), more
// folders a full pass.
const (
	maxFilesWaiting   = 128
	maxFoldersWaiting = 1024
)

// keySet is what to look at: files, and folders as a whole. The zero keySet is
// empty.
type keySet struct {
	// apps has, by app folder, the files to look at; nil for the whole folder.
	apps map[string]map[session.Key]struct{}
}

// add adds a key, and reports false where the set has no room for its folder.
func (s *keySet) add(key session.Key) bool {
	app := key.App
	files, known := s.apps[app]
	switch {
	case known && files == nil:
		return true // the whole folder
	case !known && len(s.apps) == maxFoldersWaiting:
		return false
	case s.apps == nil:
		s.apps = make(map[string]map[session.Key]struct{})
	}
	if !key.IsFile() {
		s.apps[app] = nil
		return true
	}
	if _, again := files[key]; !again && len(files) == maxFilesWaiting {
		s.apps[app] = nil
		return true
	}
	if files == nil {
		files = make(map[session.Key]struct{})
		s.apps[app] = files
	}
	files[key] = struct{}{}
	return true
}

func (s *keySet) empty() bool { return len(s.apps) == 0 }

// keys returns what is in the set, in no order.
func (s *keySet) keys() []session.Key {
	keys := make([]session.Key, 0, len(s.apps))
	for app, files := range s.apps {
		if files == nil {
			keys = append(keys, session.Key{App: app})
		}
		for file := range files {
			keys = append(keys, file)
		}
	}
	return keys
}
