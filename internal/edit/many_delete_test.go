package edit

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"sessiond/internal/session"
)

// Many files are deleted with one request to the trash, and each folder is synced once.
func TestManyAreDeletedTogether(t *testing.T) {
	var c calls
	fx := newFixture(t, "", hooked(hooks{after: c.hook}))
	puts := 0
	fx.trash.put = func() { puts++ }
	keys := fx.manyKeys(t, 300, 150)
	all := told{}
	fx.DeleteAll(t.Context(), items(keys...), Options{}, all.of(t))
	if len(all) != len(keys) || len(all.failed()) > 0 || puts != 1 || c.count["sync"] != 2 {
		t.Errorf("%d are told, %d requests to the trash, %d syncs, failed: %v", len(all), puts, c.count["sync"], all.failed())
	}
	for i, r := range fx.trash.files() {
		if r.Key != keys[i] || string(r.Data) != contentOf(keys[i]) || all[keys[i]].Trash == "" || fx.is(t, keys[i]) != "" {
			t.Fatalf("%q is in the trash as %+v, told %+v", keys[i], r, all[keys[i]])
		}
	}
	fx.isTidyEverywhere(t)
}

// someTrash cannot keep some files.
type someTrash struct {
	*fakeTrash

	not map[session.Key]bool
}

func (s someTrash) Put(ctx context.Context, files ...Removed) []Copy {
	copies := s.fakeTrash.Put(ctx, files...)
	for i, r := range files {
		if s.not[r.Key] {
			copies[i] = Copy{Err: errors.New("no")}
		}
	}
	return copies
}

// Files that cannot be kept, and those that others write to meanwhile, go back to their
// places; the others are deleted.
func TestManyOfWhichSomeCannotBeDeleted(t *testing.T) {
	var written, unkept session.Key
	var fx *fixture
	fx = newFixture(t, "", hooked(hooks{after: func(call string, names ...string) {
		if call == "rename" && names[0] == written.ID {
			must(t, os.WriteFile(filepath.Join(filepath.Dir(fx.at(written)), names[1]), []byte("newer"), 0o644))
		}
	}}), func(c *Config) {
		c.Trash = someTrash{c.Trash.(*fakeTrash), map[session.Key]bool{{App: "UTT7VDX8W5.com.contactApp0.Contact", ID: "0000000000000000000000000000000000000007"}: true}} //nolint:forcetypeassert // it is
	})
	keys := fx.manyKeys(t, 50, 25)
	unkept, written = keys[7], keys[30]
	all := told{}
	fx.DeleteAll(t.Context(), items(keys...), Options{}, all.of(t))
	isKind(t, all[unkept].Err, KindTrash)
	isKind(t, all[written].Err, KindConflict)
	if fx.is(t, unkept) != contentOf(unkept) || fx.is(t, written) != "newer" {
		t.Errorf("they are %q and %q", fx.is(t, unkept), fx.is(t, written))
	}
	if len(all) != len(keys) || len(all.failed()) != 2 {
		t.Errorf("%d are told, failed: %v", len(all), all.failed())
	}
	for _, key := range keys {
		if key != unkept && key != written && fx.is(t, key) != "" {
			t.Errorf("%q is %q", key, fx.is(t, key))
		}
	}
	fx.isTidyEverywhere(t)
}
