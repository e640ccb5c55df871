package edit

import (
	"context"
	"errors"

	"sessiond/internal/mobileapps"
)

// heldRoot is the root while the editor works below it, or still has to look at something
// there. It is locked, so that no other process takes what lies there for a leftover
// of a crash. It is not held for longer: that would keep the file system from being
// unmounted.
type heldRoot struct {
	mobileapps.WriteRoot

	place rootPlace
	users int
}

// rootPlace tells a root from one that took its place.
type rootPlace struct {
	dev, ino uint64
	mount    mobileapps.Mount
}

func placeOf(r mobileapps.WriteRoot) rootPlace {
	sig := r.Signature()
	return rootPlace{dev: sig.Dev, ino: sig.Ino, mount: r.Mount()}
}

// acquire waits until it is this caller's turn to edit.
func (e *Editor) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case e.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *Editor) release() { <-e.turn }

// hold opens the root by its path, and locks it. The caller has the turn, and has to let
// go of what it gets.
func (e *Editor) hold() (*heldRoot, error) {
	root, err := e.config.Tree.OpenForWriting()
	if err != nil {
		return nil, err
	}
	place := placeOf(root)
	if e.held != nil && e.held.place == place {
		root.Close()
		e.held.users++
		return e.held, nil
	}
	if err := root.Lock(); err != nil {
		root.Close()
		return nil, err
	}
	e.held = &heldRoot{WriteRoot: root, place: place, users: 1}
	return e.held, nil
}

// letGo is called with the turn.
func (e *Editor) letGo(r *heldRoot) {
	if r.users--; r.users > 0 {
		return
	}
	r.Close()
	if e.held == r {
		e.held = nil
	}
}

// open opens the app folder of a key, below the root as it is now.
func (e *Editor) open(r *heldRoot, app string) (*folder, error) {
	f, err := r.Open(app)
	if err != nil {
		return nil, err
	}
	return &folder{WriteFolder: f, root: r, app: app, tree: e.config.Tree}, nil
}

// folder is an app folder that is open for an edit.
type folder struct {
	mobileapps.WriteFolder

	root *heldRoot
	app  string
	tree mobileapps.WriteTree
}

// errMoved says that the path of the root leads elsewhere than it did.
var errMoved = errors.New("the root or the app folder is not where it was")

// inPlace makes sure that the folder is still the one that readers find by its path. An
// edit of one that was unmounted or moved away would be seen by nobody.
func (f *folder) inPlace() error {
	root, err := f.tree.OpenForWriting()
	if err != nil {
		return errors.Join(errMoved, err)
	}
	defer root.Close()
	now, err := root.Open(f.app)
	if err != nil {
		return errors.Join(errMoved, err)
	}
	defer now.Close()
	if a, b := now.Signature(), f.Signature(); a.Dev != b.Dev || a.Ino != b.Ino || now.Mount() != f.Mount() {
		return errMoved
	}
	return nil
}
