package trash

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"sessiond/internal/edit"
	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

var orders = session.Key{App: "com.example.orders", ID: "04eb57801f4cbc0f14a90a79cbf4b4d0be3cbcd7"}

func open(t *testing.T, cfg Config) *Trash {
	t.Helper()
	if cfg.Dir == "" {
		cfg.Dir = filepath.Join(t.TempDir(), "trash")
	}
	if cfg.Keep == 0 {
		cfg.Keep = 168 * time.Hour
	}
	trash, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return trash
}

func removed(key session.Key, data string, at time.Time) edit.Removed {
	return edit.Removed{
		Key: key, Data: []byte(data), Digest: session.DigestOf([]byte(data)),
		Attributes: mobileapps.Attributes{UID: 7, GID: 8, Mode: 0o640, Extended: map[string][]byte{"user.a": {0, 255}}},
		Modified:   at.Add(-time.Hour), RemovedAt: at, Reason: edit.ReasonDeleted,
	}
}

func put(t *testing.T, trash *Trash, r edit.Removed) string {
	t.Helper()
	copied := trash.Put(t.Context(), r)[0]
	if copied.Err != nil {
		t.Fatal(copied.Err)
	}
	return copied.ID
}

func ids(t *testing.T, trash *Trash, f Filter) []string {
	t.Helper()
	page, err := trash.List(t.Context(), f)
	if err != nil || page.Unreadable != 0 {
		t.Fatal(page, err)
	}
	var ids []string
	for _, item := range page.Items {
		ids = append(ids, item.ID)
	}
	return ids
}

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func TestKeepsEveryByte(t *testing.T) {
	trash := open(t, Config{})
	for _, data := range []string{"", "\n\n{", "\ufeff{\"status\":\r\"pending\"}\r\n", strings.Repeat("\x00\xff", 1<<20)} {
		r := removed(orders, data, noon)
		got, err := trash.Get(put(t, trash, r))
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(r, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestListsNewestFirst(t *testing.T) {
	trash := open(t, Config{})
	other := session.Key{App: "com.example.parts", ID: "1"}
	first := put(t, trash, removed(orders, `{"email":"Anna@example.com","status":"pending","device":{"description":"Anna's phone"}}`, noon))
	second := put(t, trash, removed(other, `{"email":7}`, noon.Add(time.Second)))
	third := put(t, trash, removed(orders, `{`, noon.Add(2*time.Second)))
	for name, test := range map[string]struct {
		filter Filter
		want   []string
	}{
		"all":    {Filter{}, []string{third, second, first}},
		"app":    {Filter{App: other.App}, []string{second}},
		"e-mail": {Filter{Email: "anna@EXAMPLE.com"}, []string{first}},
		"key":    {Filter{Prefix: "com.example.orders/04eb"}, []string{third, first}},
		"id":     {Filter{Prefix: "04eb"}, []string{third, first}},
		"page":   {Filter{Limit: 2}, []string{third, second}},
		"next":   {Filter{Limit: 2, Before: second}, []string{first}},
	} {
		if diff := gocmp.Diff(test.want, ids(t, trash, test.filter)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	page, err := trash.List(t.Context(), Filter{Limit: 2})
	if err != nil || page.Next != second {
		t.Errorf("the next page begins at %q, want %q; %v", page.Next, second, err)
	}
	page, _ = trash.List(t.Context(), Filter{Email: "anna@example.com"})
	if page.Next != "" {
		t.Errorf("after the last page comes %q", page.Next)
	}
	want := Item{
		ID: first, Key: orders, RemovedAt: noon, Until: noon.Add(168 * time.Hour), Reason: edit.ReasonDeleted,
		Email: "Anna@example.com", Device: "Anna's phone", Status: "pending", Size: 87,
	}
	if diff := gocmp.Diff(want, page.Items[0]); diff != "" {
		t.Error(diff)
	}
}

func TestDamagedFileIsNotRestored(t *testing.T) {
	trash := open(t, Config{})
	id := put(t, trash, removed(orders, "{}", noon))
	path := filepath.Join(trash.dir, id)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(data, ' '), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := trash.Get(id); err == nil || errors.Is(err, ErrNotFound) {
		t.Errorf("a damaged file is %v", err)
	}
	if err := os.WriteFile(path, []byte("x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if page, err := trash.List(t.Context(), Filter{}); err != nil || page.Unreadable != 1 || len(page.Items) != 0 {
		t.Errorf("a file of another kind is listed as %+v, %v", page, err)
	}
}

func TestOnlyItsOwnFilesAreReadAndPurged(t *testing.T) {
	trash := open(t, Config{})
	id := put(t, trash, removed(orders, "{}", noon))
	outside := filepath.Join(filepath.Dir(trash.dir), "outside")
	if err := os.WriteFile(outside, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", ".", "../outside", "20261128-120000-0000000g", strings.ToUpper(id) + "x"} {
		if _, err := trash.Get(name); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q is %v", name, err)
		}
		if err := trash.Purge(name); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error(err)
	}
	if err := trash.Purge(id, id); err != nil {
		t.Error(err)
	}
	if _, err := trash.Get(id); !errors.Is(err, ErrNotFound) {
		t.Errorf("what was purged is %v", err)
	}
}

func TestFolderMustBePrivate(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Config{Dir: dir}); err == nil {
		t.Error("a folder is taken that others may look into")
	}
	trash := open(t, Config{})
	put(t, trash, removed(orders, "{}", noon))
	for _, path := range []string{trash.dir, filepath.Join(trash.dir, ids(t, trash, Filter{})[0])} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%q has mode %v, %v", path, info.Mode(), err)
		}
	}
}

// A folder that somebody removes is an empty trash, and is made again, for nobody else, when
// there is something to keep.
func TestRemovedFolderIsMadeAgain(t *testing.T) {
	trash := open(t, Config{})
	lost := put(t, trash, removed(orders, "{}", time.Now()))
	if err := os.RemoveAll(trash.dir); err != nil {
		t.Fatal(err)
	}
	if got := ids(t, trash, Filter{}); len(got) > 0 {
		t.Errorf("it holds %v", got)
	}
	if _, err := trash.Get(lost); !errors.Is(err, ErrNotFound) {
		t.Errorf("Get = %v", err)
	}
	if err := trash.Purge(lost); err != nil {
		t.Errorf("Purge = %v", err)
	}
	if _, err := os.Lstat(trash.dir); err == nil {
		t.Error("looking into it made it again")
	}
	id := put(t, trash, removed(orders, "{}", time.Now()))
	if got := ids(t, trash, Filter{}); len(got) != 1 || got[0] != id {
		t.Errorf("it holds %v, want %s", got, id)
	}
	if info, err := os.Stat(trash.dir); err != nil || info.Mode().Perm() != folderMode {
		t.Errorf("the folder is %v, %v", info, err)
	}
}

func TestUnfinishedFilesGo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "trash")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	old, young := filepath.Join(dir, "20261128-120000-00000000.tmp"), filepath.Join(dir, "20261128-130000-00000000.tmp")
	for path, age := range map[string]time.Duration{old: 2 * time.Hour, young: time.Minute} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	open(t, Config{Dir: dir})
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Error("what a crash left is still there")
	}
	if _, err := os.Stat(young); err != nil {
		t.Error("what another process may be writing is gone:", err)
	}
}

func TestPurge(t *testing.T) {
	now, passed := noon, time.Duration(0)
	trash := open(t, Config{Keep: time.Hour, Now: func() time.Time { return now }})
	trash.since = func(time.Time) time.Duration { return passed }
	put(t, trash, removed(orders, "{}", noon.Add(-2*time.Hour)))
	kept := func(want int) {
		t.Helper()
		if err := trash.purgeOld(); err != nil {
			t.Fatal(err)
		}
		if n := len(ids(t, trash, Filter{})); n != want {
			t.Errorf("%d files are kept, want %d", n, want)
		}
	}
	kept(1) // in the first hour after a start, nothing goes
	now = noon.Add(24 * time.Hour)
	kept(1) // the clock was set forward
	put(t, trash, removed(orders, "{}", noon.Add(30*time.Minute)))
	passed = 61 * time.Minute
	kept(1)
	now, passed = noon, 48*time.Hour
	kept(1) // the clock was set back
	now = noon.Add(48 * time.Hour)
	kept(0)
}
