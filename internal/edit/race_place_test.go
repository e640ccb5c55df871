//go:build unix

package edit

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"sessiond/internal/session"
)

// A file that is deleted by others in the middle stays deleted.
func TestDeletedByOthers(t *testing.T) {
	t.Run("before the exchange", func(t *testing.T) {
		var fx *fixture
		fx = newFixture(t, pending, on("exchange", before, func([]string) { must(t, os.Remove(fx.path)) }))
		_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
		isKind(t, err, KindNotFound)
		fx.isTidy(t)
	})
	t.Run("after it", func(t *testing.T) {
		var fx *fixture
		var file *os.File
		fx = newFixture(t, pending, on("sync", after, func([]string) {
			must(t, os.Remove(fx.path))
			rewrite(t, file, numbered("1"))
		}))
		file = opened(t, fx.path)
		_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
		must(t, err)
		fx.isTidy(t)
		if got := fx.content(t); got != "" {
			t.Errorf("the file is back:\n%s", got)
		}
		if files := fx.trash.files(); len(files) != 1 || string(files[0].Data) != numbered("1") {
			t.Errorf("in the trash are %d files", len(files))
		}
	})
	t.Run("with its folder", func(t *testing.T) {
		var fx *fixture
		fx = newFixture(t, pending, on("create", before, func([]string) { must(t, os.RemoveAll(fx.folder)) }))
		_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
		isKind(t, err, KindNotFound)
	})
}

// Something of another kind that takes the file's place in the middle stays, and is what
// the answer is about.
func TestReplacedByAnotherKind(t *testing.T) {
	target := filepath.Join(t.TempDir(), "target")
	inPlace(t, target, pending)
	for name, c := range map[string]struct {
		make func(path string) error
		kind Kind
		mode os.FileMode
	}{
		"link":      {func(path string) error { return os.Symlink(target, path) }, KindNotFound, os.ModeSymlink},
		"FIFO":      {func(path string) error { return syscall.Mkfifo(path, 0o600) }, KindNotFound, os.ModeNamedPipe},
		"folder":    {func(path string) error { return os.Mkdir(path, 0o700) }, KindNotFound, os.ModeDir},
		"hard link": {func(path string) error { return os.Link(filepath.Join(filepath.Dir(path), "other"), path) }, KindRefused, 0},
	} {
		replace := func(t *testing.T, path string) {
			inPlace(t, filepath.Join(filepath.Dir(path), "other"), pending)
			must(t, os.Remove(path))
			must(t, c.make(path))
		}
		check := func(t *testing.T, fx *fixture, err error, want Kind) {
			t.Helper()
			isKind(t, err, want)
			if info, err := os.Lstat(fx.path); err != nil || info.Mode().Type() != c.mode {
				t.Errorf("in place is %v, %v", info, err)
			}
			fx.isTidy(t)
		}
		t.Run(name+", change", func(t *testing.T) {
			var fx *fixture
			fx = newFixture(t, pending, on("exchange", before, func([]string) { replace(t, fx.path) }))
			_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
			check(t, fx, err, c.kind)
		})
		t.Run(name+", deletion", func(t *testing.T) {
			var fx *fixture
			fx = newFixture(t, pending, on("rename", before, func([]string) { replace(t, fx.path) }))
			_, err := fx.Delete(t.Context(), testKey(), Options{})
			check(t, fx, err, KindConflict)
		})
	}
	if data, err := os.ReadFile(target); err != nil || string(data) != pending {
		t.Errorf("the link was followed: %q", data)
	}
}

// A second name that the file gets in the middle would keep the old content.
func TestLinkBeforeExchange(t *testing.T) {
	var fx *fixture
	fx = newFixture(t, pending, on("exchange", before, func([]string) { must(t, os.Link(fx.path, fx.path+".other")) }))
	_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
	isKind(t, err, KindRefused)
	if fx.content(t) != pending {
		t.Error("it was changed")
	}
	fx.isTidy(t)
}

// A file that others write to while it is being deleted stays.
func TestWriteWhileDeleting(t *testing.T) {
	eachWriter(t, func(t *testing.T, write writer) {
		var fx *fixture
		fx = newFixture(t, pending, on("rename", before, func([]string) { write(t, fx.path, numbered("1")) }))
		_, err := fx.Delete(t.Context(), testKey(), Options{})
		isKind(t, err, KindConflict)
		if got := fx.content(t); got != numbered("1") {
			t.Errorf("the file is\n%s", got)
		}
		fx.isTidy(t)
	})
	t.Run("while it is copied", func(t *testing.T) {
		fx := newFixture(t, pending)
		file := opened(t, fx.path)
		fx.trash.put = func() { rewrite(t, file, numbered("1")) }
		_, err := fx.Delete(t.Context(), testKey(), Options{})
		isKind(t, err, KindConflict)
		if got := fx.content(t); got != numbered("1") {
			t.Errorf("the file is\n%s", got)
		}
		fx.isTidy(t)
	})
	t.Run("and recreate it", func(t *testing.T) {
		var fx *fixture
		fx = newFixture(t, pending, on("rename", before,
			func([]string) { byRename(t, fx.path, numbered("1")) },
			func([]string) { byRename(t, fx.path, numbered("2")) }))
		_, err := fx.Delete(t.Context(), testKey(), Options{})
		isKind(t, err, KindConflict)
		if got := fx.content(t); got != numbered("2") {
			t.Errorf("the file is\n%s", got)
		}
		fx.isTidy(t)
		if files := fx.trash.files(); len(files) != 1 || string(files[0].Data) != numbered("1") {
			t.Errorf("in the trash are %d files", len(files))
		}
	})
}

// A file that comes while one is restored stays.
func TestWriteWhileRestoring(t *testing.T) {
	var fx *fixture
	fx = newFixture(t, "", on("rename", before, func([]string) { byRename(t, fx.path, numbered("1")) }))
	_, err := fx.Restore(t.Context(), Removed{Key: testKey(), Data: []byte(pending), Attributes: ownAttributes()}, Options{})
	isKind(t, err, KindExists)
	if got := fx.content(t); got != numbered("1") {
		t.Errorf("the file is\n%s", got)
	}
	fx.isTidy(t)
}

// A folder that gets another name while a replaced file is kept in it.
func TestFolderRenamedAfterExchange(t *testing.T) {
	var fx *fixture
	moved := "com.example.moved"
	fx = newFixture(t, pending, on("sync", after, func([]string) { must(t, os.Rename(fx.folder, filepath.Join(fx.root, moved))) }))
	_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
	must(t, err)
	fx.Close()
	fx.folder = filepath.Join(fx.root, moved)
	_, err = fx.Delete(t.Context(), session.Key{App: moved, ID: "none"}, Options{})
	isKind(t, err, KindNotFound)
	fx.isTidy(t)
	if data, err := os.ReadFile(filepath.Join(fx.folder, testID)); err != nil || string(data) != asAccepted(pending) {
		t.Errorf("the file is %s, %v", data, err)
	}
}
