package trash

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"sessiond/internal/edit"
)

// Many files are kept together, each under an id of its own.
func TestKeepsManyTogether(t *testing.T) {
	trash := open(t, Config{})
	files := make([]edit.Removed, 100)
	for i := range files {
		files[i] = removed(orders, fmt.Sprintf(`{"email":"%d"}`, i), noon)
	}
	seen := map[string]bool{}
	for i, c := range trash.Put(t.Context(), files...) {
		got, err := trash.Get(c.ID)
		if errors.Join(c.Err, err) != nil || !bytes.Equal(got.Data, files[i].Data) || seen[c.ID] {
			t.Fatalf("%d is kept as %q: %q, %v, %v", i, c.ID, got.Data, c.Err, err)
		}
		seen[c.ID] = true
	}
	if n := len(ids(t, trash, Filter{})); n != len(files) {
		t.Errorf("%d files are kept", n)
	}
	leftNothingElse(t, trash, len(files))
}

// An id that is taken is not given twice, whether that file was kept a moment or an hour ago.
func TestTakenIDIsNotUsed(t *testing.T) {
	trash := open(t, Config{})
	given := []string{"20261128-120000-00000000", "20261128-120000-00000000", "20261128-120000-00000001", "20261128-120000-00000001", "20261128-120000-00000002"}
	trash.newID = func(time.Time) string {
		id := given[0]
		given = given[1:]
		return id
	}
	first := put(t, trash, removed(orders, "1", noon))
	copies := trash.Put(t.Context(), removed(orders, "2", noon), removed(orders, "3", noon))
	for i, id := range []string{first, copies[0].ID, copies[1].ID} {
		got, err := trash.Get(id)
		if want := fmt.Sprint(i + 1); err != nil || string(got.Data) != want {
			t.Errorf("%q is %q, want %q; %v", id, got.Data, want, err)
		}
	}
}

// One that cannot be kept leaves nothing behind, and keeps no other from being kept.
func TestSomeCannotBeKept(t *testing.T) {
	trash := open(t, Config{})
	files := make([]edit.Removed, 20)
	for i := range files {
		files[i] = removed(orders, fmt.Sprint(i), noon)
	}
	made := 0
	trash.newID = func(at time.Time) string {
		if made++; made == 7 {
			return "no such folder/x"
		}
		return newID(at)
	}
	copies := trash.Put(t.Context(), files...)
	for i, c := range copies {
		if (c.Err != nil) != (i == 6) || (c.ID == "") != (i == 6) {
			t.Errorf("%d: %+v", i, c)
		}
	}
	leftNothingElse(t, trash, len(files)-1)
}

func leftNothingElse(t *testing.T, trash *Trash, files int) {
	t.Helper()
	entries, err := os.ReadDir(trash.dir)
	if err != nil || len(entries) != files || slices.ContainsFunc(entries, func(e os.DirEntry) bool { return !isID(e.Name()) }) {
		t.Errorf("the folder has %v, %v", entries, err)
	}
}
