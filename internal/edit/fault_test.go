//go:build unix

package edit

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

func ownAttributes() mobileapps.Attributes {
	return mobileapps.Attributes{UID: uint32(os.Getuid()), GID: uint32(os.Getgid()), Mode: 0o644}
}

// What the operating system says has a kind, the file stays as it is, and nothing is
// left that is not told.
func TestFaults(t *testing.T) {
	type call = func(fx *fixture, t *testing.T) error
	change := func(fx *fixture, t *testing.T) error {
		_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
		return err
	}
	remove := func(fx *fixture, t *testing.T) error {
		_, err := fx.Delete(t.Context(), testKey(), Options{})
		return err
	}
	for name, c := range map[string]struct {
		do    call
		at    string
		fault error
		want  Kind
	}{
		"change, full disk":      {change, "create", syscall.ENOSPC, KindNoSpace},
		"change, quota":          {change, "create", syscall.EDQUOT, KindNoSpace},
		"change, read-only":      {change, "create", syscall.EROFS, KindReadOnly},
		"change, no right":       {change, "create", syscall.EACCES, KindRefused},
		"change, attributes":     {change, "create", mobileapps.ErrAttributes, KindRefused},
		"change, hangs":          {change, "create", session.ErrHangs, KindUnknown},
		"change, no exchange":    {change, "exchange", mobileapps.ErrNoExchange, KindRefused},
		"change, immutable":      {change, "exchange", syscall.EPERM, KindRefused},
		"change, now read-only":  {change, "exchange", syscall.EROFS, KindReadOnly},
		"change, in use":         {change, "exchange", syscall.EBUSY, KindBusy},
		"change, unreadable":     {change, "read", syscall.EACCES, KindUnreadable},
		"change, bad sector":     {change, "read", syscall.EIO, KindUnreadable},
		"change, read hangs":     {change, "read", session.ErrHangs, KindBusy},
		"deletion, read-only":    {remove, "rename", syscall.EROFS, KindReadOnly},
		"deletion, sticky":       {remove, "rename", syscall.EPERM, KindRefused},
		"deletion, at the end":   {remove, "remove", syscall.EACCES, KindRefused},
		"deletion, unreadable":   {remove, "read", syscall.EACCES, KindUnreadable},
		"deletion, no exchange":  {remove, "rename", mobileapps.ErrNoExchange, KindRefused},
		"deletion, does not end": {remove, "rename", session.ErrHangs, KindUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			fx := newFixture(t, pending, hooked(hooks{before: func(call string, _ ...string) error {
				if call == c.at {
					return c.fault
				}
				return nil
			}}))
			fault := isKind(t, c.do(fx, t), c.want)
			if fx.content(t) != pending {
				t.Error("it is not what it was")
			}
			if c.want == KindRefused && (fault.Folder != fx.folder || fault.Remedy == "" || fault.Owner == "") {
				t.Errorf("the refusal does not say what to do: %+v", fault)
			}
			if c.want != KindUnknown {
				fx.isTidy(t)
			}
		})
	}
}

// A failure in the middle of an exchange is told, and the next edit puts things in
// order.
func TestExchangeFailsHalfway(t *testing.T) {
	exchanges := 0
	var fx *fixture
	fx = newFixture(t, pending, hooked(hooks{before: func(call string, _ ...string) error {
		if call == "exchange" {
			if exchanges++; exchanges == 1 {
				byRename(t, fx.path, numbered("1"))
			}
			if exchanges == 2 {
				return syscall.EROFS
			}
		}
		return nil
	}}))
	_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
	isKind(t, err, KindUnknown)
	if got := fx.notices.kinds(); !slices.Equal(got, []NoticeKind{NoticeLeft}) {
		t.Errorf("it told %q", got)
	}
	if left := fx.temporaries(t); len(left) != 1 {
		t.Errorf("left are %q", left)
	}
	_, err = fx.Change(t.Context(), testKey(), Set{Email: new("x@example.com")}, Options{})
	must(t, err)
	fx.isTidy(t)
	if files := fx.trash.files(); len(files) != 1 || string(files[0].Data) != numbered("1") || files[0].Reason != ReasonLeftover {
		t.Errorf("in the trash are %d files", len(files))
	}
}

// A change that cannot be synced is there, but its outcome is unknown.
func TestSyncFails(t *testing.T) {
	fx := newFixture(t, pending, hooked(hooks{before: func(call string, _ ...string) error {
		if call == "sync" {
			return syscall.EIO
		}
		return nil
	}}))
	_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
	isKind(t, err, KindUnknown)
	fx.isTidy(t)
}

// A kept file that another program does not share is removed once that is possible.
func TestKeptFileInUse(t *testing.T) {
	n := 0
	fx := newFixture(t, pending, hooked(hooks{before: func(call string, _ ...string) error {
		if call == "remove" {
			if n++; n < 4 {
				return syscall.EBUSY
			}
		}
		return nil
	}}))
	_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
	must(t, err)
	fx.isTidy(t)
	if got := fx.notices.kinds(); len(got) > 0 {
		t.Errorf("it told %q", got)
	}
}

// Nothing is written below a root that is no longer where it was.
func TestRootMovesInTheMiddle(t *testing.T) {
	for name, move := range map[string]func(t *testing.T, fx *fixture){
		"root": func(t *testing.T, fx *fixture) { must(t, os.Rename(fx.root, fx.root+".old")) },
		"root, another in its place": func(t *testing.T, fx *fixture) {
			must(t, os.Rename(fx.root, fx.root+".old"))
			must(t, os.MkdirAll(fx.folder, 0o755))
		},
		"folder": func(t *testing.T, fx *fixture) { must(t, os.Rename(fx.folder, filepath.Join(fx.root, "moved"))) },
		"folder, another in its place": func(t *testing.T, fx *fixture) {
			must(t, os.Rename(fx.folder, filepath.Join(fx.root, "moved")))
			must(t, os.MkdirAll(fx.folder, 0o755))
		},
	} {
		for _, what := range []string{"change", "deletion"} {
			t.Run(name+", "+what, func(t *testing.T) {
				var fx *fixture
				at := "create"
				if what == "deletion" {
					at = "read"
				}
				fx = newFixture(t, pending, on(at, before, func([]string) { move(t, fx) }))
				var err error
				if what == "change" {
					_, err = fx.Change(t.Context(), testKey(), accepted(), Options{})
				} else {
					_, err = fx.Delete(t.Context(), testKey(), Options{})
				}
				isKind(t, err, KindBusy)
				fx.Close()
				var files []string
				must(t, filepath.WalkDir(filepath.Dir(fx.root), func(path string, d os.DirEntry, err error) error {
					if !d.IsDir() {
						files = append(files, path)
					}
					return err
				}))
				if len(files) != 1 || !strings.HasSuffix(files[0], testID) {
					t.Fatalf("the files are %q", files)
				}
				if data, err := os.ReadFile(files[0]); err != nil || string(data) != pending {
					t.Errorf("the file was changed: %s", data)
				}
			})
		}
	}
}

// One process edits below a root, as long as it still has something to look at.
func TestOneEditorARoot(t *testing.T) {
	fx := newFixture(t, pending)
	var other *Editor
	fx.config.Tree = hookedTree{fx.config.Tree, hooks{before: func(call string, _ ...string) error {
		if call == "exchange" && other != nil {
			_, err := other.Change(t.Context(), testKey(), accepted(), Options{})
			isKind(t, err, KindBusy)
			other = nil
		}
		return nil
	}}}
	c := fx.config
	c.Tree = mobileapps.NewDisk(fx.root, maxFileSize)
	other = New(c)
	_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
	must(t, err)
	if other != nil {
		t.Error("nobody else tried")
	}
	fx.Close()
	other = New(c)
	_, err = other.Change(t.Context(), testKey(), Set{Status: new("pending")}, Options{})
	must(t, err)
	other.Close()
}

// A new file that is made after all, when nobody waits for it any more, is put in order by
// the next edit.
func TestRestoreHangs(t *testing.T) {
	var fx *fixture
	hangs := true
	fx = newFixture(t, pending, hooked(hooks{before: func(call string, names ...string) error {
		if call != "create" || !hangs {
			return nil
		}
		hangs = false
		must(t, os.WriteFile(filepath.Join(fx.folder, names[0]), []byte(pending), 0o600))
		return session.ErrHangs
	}}))
	_, err := fx.Delete(t.Context(), testKey(), Options{})
	must(t, err)
	removed := fx.trash.files()[0]
	_, err = fx.Restore(t.Context(), removed, Options{})
	isKind(t, err, KindUnknown)
	_, err = fx.Restore(t.Context(), removed, Options{})
	must(t, err)
	fx.isTidy(t)
}
