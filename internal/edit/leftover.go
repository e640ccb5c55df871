package edit

import (
	"context"
	"path/filepath"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// Leftover is a temporary file of an edit that did not come to its end.
type Leftover struct {
	Key    session.Key // without an id where the name does not say whose it was
	Folder string      // the path of its app folder
	Name   string
	// Only is true where no file has the session's name: there is no other.
	Only bool
}

// Leftovers returns the temporary files that lie below the root, and changes nothing: it is
// for those who must not. What another process is about to deal with is not among them:
// Leftovers looks twice, farther apart than an edit takes.
func Leftovers(ctx context.Context, tree mobileapps.WriteTree, settle time.Duration) ([]Leftover, error) {
	first, err := lookForLeftovers(tree)
	if err != nil || len(first) == 0 {
		return nil, err
	}
	timer := time.NewTimer(maxRounds * settle)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	second, err := lookForLeftovers(tree)
	if err != nil {
		return nil, err
	}
	before := make(map[string]bool, len(first))
	for _, l := range first {
		before[filepath.Join(l.Folder, l.Name)] = true
	}
	var both []Leftover
	for _, l := range second {
		if before[filepath.Join(l.Folder, l.Name)] {
			both = append(both, l)
		}
	}
	return both, nil
}

// lookForLeftovers is one look, at all folders that can be listed: passes tell of the others.
func lookForLeftovers(tree mobileapps.WriteTree) (found []Leftover, err error) {
	root, err := tree.OpenForWriting()
	if err != nil {
		return nil, err
	}
	defer root.Close()
	// A listing goes through an open folder once: that needs one of its own.
	listed, err := tree.OpenForWriting()
	if err != nil {
		return nil, err
	}
	defer listed.Close()
	err = eachApp(listed, func(app string) { found = append(found, temporariesIn(root, app)...) })
	return found, err
}

func temporariesIn(root mobileapps.WriteRoot, app string) []Leftover {
	f, err := root.Open(app)
	if err != nil {
		return nil
	}
	defer f.Close()
	names, err := f.Temporaries()
	if err != nil {
		return nil
	}
	found := make([]Leftover, len(names))
	for i, name := range names {
		found[i] = Leftover{Key: session.Key{App: app}, Folder: f.Path(), Name: name}
		if t, ok := parseTemporary(name); ok {
			found[i].Key.ID = t.id
			_, err := f.Identify(t.id)
			found[i].Only = mobileapps.IsAbsent(err)
		}
	}
	return found
}
