package edit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"sessiond/internal/session"
)

// manyKeys writes so many files into folders of so many each, and returns their keys.
func (fx *fixture) manyKeys(tb testing.TB, files, perFolder int) []session.Key {
	tb.Helper()
	keys := make([]session.Key, files)
	for n := range keys {
		keys[n] = session.Key{App: fmt.Sprintf("UTT7VDX8W5.com.contactApp%d.Contact", n/perFolder), ID: fmt.Sprintf("%040x", n)}
		must(tb, os.MkdirAll(filepath.Dir(fx.at(keys[n])), 0o755))
		must(tb, os.WriteFile(fx.at(keys[n]), []byte(contentOf(keys[n])), 0o644))
	}
	return keys
}

func contentOf(key session.Key) string {
	app := strings.TrimPrefix(key.App, "UTT7VDX8W5.")
	return strings.NewReplacer("com.contactApp.Contact", app, testID, key.ID).Replace(pending)
}

func (fx *fixture) at(key session.Key) string { return filepath.Join(fx.root, key.App, key.ID) }

func (fx *fixture) is(tb testing.TB, key session.Key) string {
	tb.Helper()
	data, err := os.ReadFile(fx.at(key))
	if errors.Is(err, os.ErrNotExist) {
		return ""
	}
	must(tb, err)
	return string(data)
}

func (fx *fixture) isTidyEverywhere(tb testing.TB) {
	tb.Helper()
	fx.Close()
	left, err := filepath.Glob(filepath.Join(fx.root, "*", ".*"))
	must(tb, err)
	if len(left) > 0 {
		tb.Errorf("left behind: %q", left)
	}
}

func items(keys ...session.Key) []Item {
	all := make([]Item, len(keys))
	for i, key := range keys {
		digest := session.DigestOf([]byte(contentOf(key)))
		all[i] = Item{key, &digest}
	}
	return all
}

// told gathers outcomes by key, each of which is told once.
type told map[session.Key]Outcome

func (all told) of(tb testing.TB) func([]Outcome) {
	return func(some []Outcome) {
		for _, o := range some {
			if _, again := all[o.Key]; again {
				tb.Errorf("%q is told twice", o.Key)
			}
			all[o.Key] = o
		}
	}
}

func (all told) failed() []session.Key {
	var keys []session.Key
	for key, o := range all {
		if o.Err != nil {
			keys = append(keys, key)
		}
	}
	return keys
}

// calls notes the calls of an edit in their order, several alike in a row once.
type calls struct {
	mu    sync.Mutex
	order []string
	count map[string]int
}

func (c *calls) hook(call string, _ ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count == nil {
		c.count = map[string]int{}
	}
	c.count[call]++
	if call != "read" && call != "remove" && (len(c.order) == 0 || c.order[len(c.order)-1] != call) {
		c.order = append(c.order, call)
	}
}

// Many files are on disk with one sync before the first is put in place, and each folder is
// synced once.
func TestManyAreSyncedTogether(t *testing.T) {
	var c calls
	fx := newFixture(t, "", hooked(hooks{after: c.hook}))
	keys := fx.manyKeys(t, 300, 150)
	all := told{}
	var intents int
	fx.ChangeAll(t.Context(), items(keys...), accepted(), Options{Intent: func(about []Result) error { intents += len(about); return nil }}, all.of(t))
	c.mu.Lock()
	order, syncs := strings.Join(c.order, ", "), c.count["sync"]
	c.mu.Unlock()
	if want := "temporaries, create, sync file system, exchange, sync, exchange, sync"; order != want && !strings.HasPrefix(order, "temporaries, create, sync file system, sync file, exchange, sync") {
		t.Errorf("the calls are %s, want %s", order, want)
	}
	if syncs != 2 {
		t.Errorf("folders are synced %d times", syncs)
	}
	if len(all) != len(keys) || len(all.failed()) > 0 || intents != len(keys) {
		t.Errorf("%d are told, %d intents, failed: %v", len(all), intents, all.failed())
	}
	for _, key := range keys {
		if fx.is(t, key) != asAccepted(contentOf(key)) || all[key].Digest != session.DigestOf([]byte(fx.is(t, key))) {
			t.Fatalf("%q is %q, told %+v", key, fx.is(t, key), all[key])
		}
	}
	fx.isTidyEverywhere(t)
}

// A file that is being written, one that is gone, one that was changed since, and one that is
// not compliant are told, and keep nothing from being done.
func TestManyOfWhichSomeFail(t *testing.T) {
	var busy string
	writes := 0
	fx := newFixture(t, "", hooked(hooks{after: func(call string, names ...string) {
		if call == "read" && len(names) > 0 && names[0] == filepath.Base(busy) {
			writes++
			_ = os.WriteFile(busy, []byte(strings.Repeat("x", writes)), 0o644)
		}
	}}))
	keys := fx.manyKeys(t, 2000, 700)
	gone, moving, changed, broken := keys[3], keys[800], keys[1200], keys[1999]
	busy = fx.at(moving)
	must(t, os.Remove(fx.at(gone)))
	must(t, os.WriteFile(busy, []byte("x"), 0o644))
	must(t, os.WriteFile(fx.at(changed), []byte(asAccepted(contentOf(changed))), 0o644))
	must(t, os.WriteFile(fx.at(broken), []byte("{"), 0o644))
	all := told{}
	some := items(keys...)
	some[800].IfMatch, some[1999].IfMatch = nil, nil
	first := 0
	fx.ChangeAll(t.Context(), some, accepted(), Options{}, func(o []Outcome) {
		if first == 0 {
			first = len(o)
		}
		all.of(t)(o)
	})
	if first != chunkFiles-2 { // the first chunk waits for none of these
		t.Errorf("%d were told first", first)
	}
	for key, kind := range map[session.Key]Kind{gone: KindNotFound, changed: KindPrecondition, broken: KindRejected} {
		isKind(t, all[key].Err, kind)
	}
	if all[moving].Err == nil {
		t.Error("a file that is being written was changed")
	}
	if len(all) != len(keys) || len(all.failed()) != 4 {
		t.Errorf("%d are told, failed: %v", len(all), all.failed())
	}
	fx.isTidyEverywhere(t)
}

// Where the new files cannot be had on disk, none is put in place, and none is left.
func TestManyThatCannotBeSynced(t *testing.T) {
	for name, tc := range map[string]struct {
		whole, each error
		want        Kind
	}{
		"failed writes":       {syscall.EIO, nil, KindUnreadable},
		"full disk":           {syscall.ENOSPC, nil, KindNoSpace},
		"a file system hangs": {session.ErrHangs, nil, KindBusy},
		"one by one":          {errors.ErrUnsupported, syscall.ENOSPC, KindNoSpace},
	} {
		t.Run(name, func(t *testing.T) {
			fx := newFixture(t, "", hooked(hooks{before: func(call string, _ ...string) error {
				switch call {
				case "sync file system":
					return tc.whole
				case "sync file":
					return tc.each
				case "exchange":
					t.Error("it is put in place")
				}
				return nil
			}}))
			keys := fx.manyKeys(t, 40, 20)
			all := told{}
			fx.ChangeAll(t.Context(), items(keys...), accepted(), Options{}, all.of(t))
			for _, key := range keys {
				isKind(t, all[key].Err, tc.want)
				if fx.is(t, key) != contentOf(key) {
					t.Fatalf("%q is %q", key, fx.is(t, key))
				}
			}
			fx.isTidyEverywhere(t)
		})
	}
}

// A disk that is full in the middle fails those for which there is no space.
func TestManyFillTheDisk(t *testing.T) {
	created := 0
	fx := newFixture(t, "", hooked(hooks{before: func(call string, _ ...string) error {
		if call == "create" {
			if created++; created > 60 {
				return syscall.ENOSPC
			}
		}
		return nil
	}}))
	keys := fx.manyKeys(t, 100, 50)
	all := told{}
	fx.ChangeAll(t.Context(), items(keys...), accepted(), Options{}, all.of(t))
	for n, key := range keys {
		want := asAccepted(contentOf(key))
		if n >= 60 {
			isKind(t, all[key].Err, KindNoSpace)
			want = contentOf(key)
		}
		if fx.is(t, key) != want {
			t.Fatalf("%d is %q", n, fx.is(t, key))
		}
	}
	fx.isTidyEverywhere(t)
}

// What other programs write in the middle is edited, too; only that is done again.
func TestManyOvertaken(t *testing.T) {
	var fx *fixture
	var overtaken []session.Key
	var once sync.Once
	fx = newFixture(t, "", hooked(hooks{before: func(call string, _ ...string) error {
		if call == "exchange" {
			once.Do(func() {
				for _, key := range overtaken {
					must(t, os.WriteFile(fx.at(key), []byte(strings.Replace(contentOf(key), "anna", "otto", 1)), 0o644))
				}
			})
		}
		return nil
	}}))
	keys := fx.manyKeys(t, 100, 50)
	overtaken = []session.Key{keys[2], keys[49], keys[50], keys[99]}
	some := items(keys...)
	for i := range some {
		some[i].IfMatch = nil
	}
	var intents []int
	all := told{}
	fx.ChangeAll(t.Context(), some, accepted(), Options{Intent: func(about []Result) error {
		intents = append(intents, len(about))
		return nil
	}}, all.of(t))
	if !slices.Equal(intents, []int{100, 4}) || len(all.failed()) > 0 {
		t.Errorf("the intents are %v, failed: %v", intents, all.failed())
	}
	for _, key := range keys {
		want := asAccepted(contentOf(key))
		if slices.Contains(overtaken, key) {
			want = strings.Replace(want, "anna", "otto", 1)
		}
		if fx.is(t, key) != want {
			t.Fatalf("%q is %q", key, fx.is(t, key))
		}
	}
	fx.isTidyEverywhere(t)
}

// A program that had files open writes to them after they were exchanged: the change is made
// again on what it wrote.
func TestManyWrittenAfterwards(t *testing.T) {
	fx := newFixture(t, "")
	keys := fx.manyKeys(t, 60, 30)
	var open []*os.File
	for _, key := range []session.Key{keys[0], keys[31]} {
		file, err := os.OpenFile(fx.at(key), os.O_WRONLY|os.O_TRUNC, 0)
		must(t, err)
		_, err = file.WriteString(contentOf(key))
		must(t, err)
		open = append(open, file)
	}
	all := told{}
	fx.ChangeAll(t.Context(), items(keys...), accepted(), Options{}, all.of(t))
	for i, key := range []session.Key{keys[0], keys[31]} {
		_, err := open[i].WriteAt([]byte(strings.Replace(contentOf(key), "anna", "otto", 1)), 0)
		must(t, err)
		must(t, open[i].Close())
	}
	fx.isTidyEverywhere(t)
	if kinds := fx.notices.kinds(); !slices.Equal(kinds, []NoticeKind{NoticeAgain, NoticeAgain}) {
		t.Errorf("told: %v", kinds)
	}
	for _, key := range []session.Key{keys[0], keys[31]} {
		if want := strings.Replace(asAccepted(contentOf(key)), "anna", "otto", 1); fx.is(t, key) != want {
			t.Errorf("%q is %q", key, fx.is(t, key))
		}
	}
}

// However many folders, large files and repetitions there are, all is done, and little at
// once.
func TestManyInBounds(t *testing.T) {
	t.Run("folders", func(t *testing.T) {
		fx := newFixture(t, "")
		keys := fx.manyKeys(t, 2*chunkFolders+1, 1)
		all, most := told{}, 0
		fx.ChangeAll(t.Context(), items(keys...), accepted(), Options{Intent: func(about []Result) error { most = max(most, len(about)); return nil }}, all.of(t))
		if len(all) != len(keys) || len(all.failed()) > 0 || most != chunkFolders {
			t.Errorf("%d are told, %d at once, failed: %v", len(all), most, all.failed())
		}
		fx.isTidyEverywhere(t)
	})
	t.Run("bytes", func(t *testing.T) {
		fx := newFixture(t, "")
		keys := fx.manyKeys(t, 40, 40)
		padding := `{"padding":"` + strings.Repeat("x", maxFileSize-1000) + `",`
		some := items(keys...)
		for i, key := range keys {
			must(t, os.WriteFile(fx.at(key), []byte(strings.Replace(contentOf(key), "{", padding, 1)), 0o644))
			some[i].IfMatch = nil
		}
		all, most := told{}, 0
		fx.ChangeAll(t.Context(), some, accepted(), Options{Intent: func(about []Result) error { most = max(most, len(about)); return nil }}, all.of(t))
		if len(all) != len(keys) || len(all.failed()) > 0 || most > chunkBytes/maxFileSize {
			t.Errorf("%d are told, %d at once, failed: %v", len(all), most, all.failed())
		}
		fx.isTidyEverywhere(t)
	})
	t.Run("the same file", func(t *testing.T) {
		exchanges := 0
		fx := newFixture(t, "", hooked(hooks{after: func(call string, _ ...string) {
			if call == "exchange" {
				exchanges++
			}
		}}))
		key := fx.manyKeys(t, 1, 1)[0]
		var outcomes []Outcome
		fx.ChangeAll(t.Context(), []Item{{Key: key}, {Key: key}}, accepted(), Options{}, func(some []Outcome) { outcomes = append(outcomes, some...) })
		if exchanges != 1 || len(outcomes) != 2 || outcomes[0].Err != nil || outcomes[1].Err != nil || !outcomes[0].Changed || outcomes[1].Changed {
			t.Errorf("told %+v", outcomes)
		}
		fx.isTidyEverywhere(t)
	})
}
