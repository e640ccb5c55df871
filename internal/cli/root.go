package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"sessiond/internal/session"
)

// rootPatience is for how long a start waits to learn what the root is. The daemon
// copes with a share that does not answer.
const rootPatience = time.Second

// checkRoot refuses a root that is there and no folder, which no waiting corrects. One
// that is missing or that cannot be looked at is for the daemon to wait for.
func checkRoot(root string) error {
	looked := make(chan error, 1)
	go func() { looked <- isNotFile(root) }()
	select {
	case err := <-looked:
		return err
	case <-time.After(rootPatience):
		return nil
	}
}

func isNotFile(root string) error {
	info, err := os.Stat(root)
	switch {
	case errors.Is(err, session.ErrNoFolder): // Windows says only that the path is not there
		return fmt.Errorf("cannot use the root %q: a part of its path is not a folder", root)
	case err == nil && !info.IsDir():
		return fmt.Errorf("cannot use the root %q: it is not a folder; name the MobileApps folder, the one that holds the app folders", root)
	}
	return nil
}

// isFolder checks the root of a service. The daemon itself waits for one that is
// missing; at an installation it is most likely a typing error.
func isFolder(root string) error {
	info, err := os.Stat(root)
	if err != nil {
		return fmt.Errorf("the root %q: %w", root, explained(root, err))
	}
	if !info.IsDir() {
		return fmt.Errorf("the root %q is not a folder", root)
	}
	return nil
}

// sameFolder reports whether two paths name one folder, which may be missing. The
// file system is asked only where the texts differ: a root may be on a share that
// does not answer.
func sameFolder(a, b string) bool {
	a, b = filepath.Clean(a), filepath.Clean(b)
	if a == b {
		return true
	}
	one, err := os.Stat(a)
	other, otherErr := os.Stat(b)
	if err == nil && otherErr == nil {
		return os.SameFile(one, other)
	}
	return resolved(a) == resolved(b)
}

// resolved returns a path with the links in it followed, as far as it exists.
func resolved(path string) string {
	if followed, err := filepath.EvalSymlinks(path); err == nil {
		return followed
	}
	if parent := filepath.Dir(path); parent != path {
		return filepath.Join(resolved(parent), filepath.Base(path))
	}
	return path
}
