package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// target is what check looks at in one MobileApps folder.
type target struct {
	root string
	keys []session.Key // none: everything in the folder
}

// targets gathers paths by their MobileApps folder, in the order in which the
// folders first come up. What is no target comes back as an error a path.
func targets(paths []string) (found []target, wrong []error) {
	for _, path := range paths {
		t, err := newTarget(path)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		i := slices.IndexFunc(found, func(f target) bool { return f.root == t.root })
		if i < 0 {
			found = append(found, t)
			continue
		}
		found[i] = found[i].with(t)
	}
	return found, wrong
}

// with joins two targets in the same folder.
func (t target) with(other target) target {
	if len(t.keys) == 0 || len(other.keys) == 0 {
		return target{root: t.root}
	}
	return target{root: t.root, keys: slices.Concat(t.keys, other.keys)}
}

// newTarget finds out what a path means: a MobileApps folder, one of its app
// folders, or a session file, whose key is the last two names of its absolute
// path.
func newTarget(path string) (target, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return target{}, fmt.Errorf("cannot check %q: %w", path, err)
	}
	info, err := os.Lstat(abs)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		info, err = throughLink(abs)
	}
	switch {
	case err != nil:
		return target{}, fmt.Errorf("cannot check %q: %w", path, explained(path, err))
	case info.IsDir():
		return folderTarget(path, abs)
	case !info.Mode().IsRegular():
		return target{}, fmt.Errorf("cannot check %q: it is neither a regular file nor a folder", path)
	}
	folder, name := filepath.Split(abs)
	folder = filepath.Clean(folder)
	key, err := session.ParseKey(filepath.Base(folder) + "/" + name)
	if err != nil {
		return target{}, fmt.Errorf("cannot check %q: %w", path, err)
	}
	if info, err := os.Lstat(folder); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return target{}, fmt.Errorf("cannot check %q: its app folder is a link, which is never followed", path)
	}
	return target{root: filepath.Dir(folder), keys: []session.Key{key}}, nil
}

// throughLink returns what a link leads to where that is a folder: a root may be
// reached through a link, a session file may not.
func throughLink(path string) (fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() {
		err = errors.New("it is a link; the session file itself must be named")
	}
	return info, err
}

// explained is [bare], with the folder on the path that may not be passed, where it is
// that.
func explained(path string, err error) error {
	err = bare(err)
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	if closed, found := mobileapps.FirstClosed(path); found {
		return fmt.Errorf("%w: %s", err, closed.Denies(mobileapps.EffectiveUser()))
	}
	return err
}

// bare takes the path out of an error of package os: the message that it goes
// into names it already.
func bare(err error) error {
	if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
