//go:build unix

package edit

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"sessiond/internal/session"
)

// Documents that another program writes: as pending, with a number.
func numbered(n string) string {
	return strings.Replace(pending, `"status"`, `"number": "`+n+`", "status"`, 1)
}

// on calls functions at the first, second, ... call of a name, with the names that the call
// has.
func on(call string, at func(hooks *hooks, f func(string, ...string)), do ...func(names []string)) func(*Config) {
	var mu sync.Mutex
	n := 0
	var h hooks
	at(&h, func(now string, names ...string) {
		mu.Lock()
		defer mu.Unlock()
		if now != call {
			return
		}
		if n++; n <= len(do) && do[n-1] != nil {
			do[n-1](names)
		}
	})
	return hooked(h)
}

func before(h *hooks, f func(string, ...string)) {
	h.before = func(call string, names ...string) error { f(call, names...); return nil }
}

func after(h *hooks, f func(string, ...string)) { h.after = f }

// inPlace writes as 4D does.
func inPlace(t *testing.T, path, content string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(content), 0o644))
}

// byRename writes as most other programs do.
func byRename(t *testing.T, path, content string) {
	t.Helper()
	must(t, os.WriteFile(path+".new", []byte(content), 0o644))
	must(t, os.Rename(path+".new", path))
}

type writer = func(t *testing.T, path, content string)

func eachWriter(t *testing.T, test func(t *testing.T, write writer)) {
	for name, write := range map[string]writer{"in place": inPlace, "by rename": byRename} {
		t.Run(name, func(t *testing.T) { test(t, write) })
	}
}

// What others write just before the exchange is found, and edited.
func TestWriteBeforeExchange(t *testing.T) {
	eachWriter(t, func(t *testing.T, write writer) {
		var fx *fixture
		fx = newFixture(t, pending, on("exchange", before, func([]string) { write(t, fx.path, numbered("1")) }))
		result, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
		must(t, err)
		if got := fx.content(t); got != asAccepted(numbered("1")) {
			t.Errorf("the file is\n%s", got)
		}
		if result.Read != session.DigestOf([]byte(numbered("1"))) {
			t.Error("the result does not say what was replaced")
		}
		fx.isTidy(t)
	})
}

// With a digest that was expected it is refused instead.
func TestWriteBeforeExchangeOfWhatWasExpected(t *testing.T) {
	eachWriter(t, func(t *testing.T, write writer) {
		var fx *fixture
		fx = newFixture(t, pending, on("exchange", before, func([]string) { write(t, fx.path, numbered("1")) }))
		digest := session.DigestOf([]byte(pending))
		_, err := fx.Change(t.Context(), testKey(), accepted(), Options{IfMatch: &digest})
		fault := isKind(t, err, KindPrecondition)
		if fx.content(t) != numbered("1") || fault.Digest != session.DigestOf([]byte(numbered("1"))) {
			t.Errorf("the file is\n%s", fx.content(t))
		}
		fx.isTidy(t)
	})
}

// What others wrote before that is not exchanged at all: nobody can read an edit that is told
// as not made.
func TestWrittenLongBeforeExchange(t *testing.T) {
	eachWriter(t, func(t *testing.T, write writer) {
		var fx *fixture
		fx = newFixture(t, pending, hooked(hooks{
			before: func(call string, _ ...string) error {
				if call == "exchange" {
					t.Error("it is exchanged")
				}
				return nil
			},
			after: func(call string, _ ...string) {
				if call == "create" {
					write(t, fx.path, numbered("1"))
				}
			},
		}))
		digest := session.DigestOf([]byte(pending))
		_, err := fx.Change(t.Context(), testKey(), accepted(), Options{IfMatch: &digest})
		isKind(t, err, KindPrecondition)
		if fx.content(t) != numbered("1") {
			t.Errorf("the file is\n%s", fx.content(t))
		}
		fx.isTidy(t)
	})
}

// What others write while the exchange is being undone is the newest.
func TestWriteBetweenExchanges(t *testing.T) {
	eachWriter(t, func(t *testing.T, write writer) {
		var fx *fixture
		fx = newFixture(t, pending, on("exchange", before,
			func([]string) { write(t, fx.path, numbered("1")) },
			func([]string) { write(t, fx.path, numbered("2")) }))
		_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
		must(t, err)
		if got := fx.content(t); got != asAccepted(numbered("2")) {
			t.Errorf("the file is\n%s", got)
		}
		fx.isTidy(t)
		// Nobody has decided that the first may go.
		if files := fx.trash.files(); len(files) != 1 || string(files[0].Data) != numbered("1") || files[0].Reason != ReasonSuperseded {
			t.Errorf("in the trash are %d files", len(files))
		}
	})
}

// Whoever writes each time wins.
func TestWriteBeforeEachExchange(t *testing.T) {
	eachWriter(t, func(t *testing.T, write writer) {
		var fx *fixture
		n := 0
		exchange := func([]string) {
			n++
			if n%2 == 1 { // the even ones undo it
				write(t, fx.path, numbered(strings.Repeat("x", n)))
			}
		}
		fx = newFixture(t, pending, on("exchange", before, slices.Repeat([]func([]string){exchange}, 10)...))
		_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
		isKind(t, err, KindConflict)
		if got := fx.content(t); n != 10 || got != numbered(strings.Repeat("x", 9)) {
			t.Errorf("after %d exchanges the file is\n%s", n, got)
		}
		fx.isTidy(t)
	})
}

// opened opens a file for writing, as a program that will write to it later.
func opened(t *testing.T, path string) *os.File {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(t, err)
	t.Cleanup(func() { file.Close() })
	return file
}

func rewrite(t *testing.T, file *os.File, content string) {
	t.Helper()
	must(t, file.Truncate(0))
	_, err := file.WriteAt([]byte(content), 0)
	must(t, err)
}

// Who had the file open before the edit and writes to it afterwards loses nothing: the
// edit is made again on that.
func TestWriteAfterExchange(t *testing.T) {
	for name, c := range map[string]struct {
		write, want string
		kind        NoticeKind
	}{
		"compliant":        {numbered("1"), asAccepted(numbered("1")), NoticeAgain},
		"with what we set": {asAccepted(numbered("1")), asAccepted(numbered("1")), NoticeAgain},
		"no JSON":          {"{", "{", NoticeUndone},
	} {
		t.Run(name, func(t *testing.T) {
			var file *os.File
			fx := newFixture(t, pending, on("sync", after, func([]string) { rewrite(t, file, c.write) }))
			file = opened(t, fx.path)
			_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
			must(t, err)
			fx.isTidy(t)
			if got := fx.content(t); got != c.want {
				t.Errorf("the file is\n%s\nnot\n%s", got, c.want)
			}
			if got := fx.notices.kinds(); !slices.Equal(got, []NoticeKind{c.kind}) {
				t.Errorf("it told %q", got)
			}
		})
	}
}

// The next edit finds what was written to the old file, even at once.
func TestChangeAfterWriteAfterExchange(t *testing.T) {
	var file *os.File
	fx := newFixture(t, pending, on("sync", after, func([]string) { rewrite(t, file, numbered("1")) }))
	file = opened(t, fx.path)
	_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
	must(t, err)
	_, err = fx.Change(t.Context(), testKey(), Set{Email: new("new@example.com")}, Options{})
	must(t, err)
	if got := fx.content(t); got != strings.Replace(asAccepted(numbered("1")), "anna", "new", 1) {
		t.Errorf("the file is\n%s", got)
	}
	fx.isTidy(t)
}

// The new file can be opened, too, before the exchange is undone.
func TestWriteAfterUndoneExchange(t *testing.T) {
	var fx *fixture
	var file *os.File
	fx = newFixture(t, pending, on("exchange", before,
		func([]string) { byRename(t, fx.path, numbered("1")) },
		func([]string) { file = opened(t, fx.path) }),
		on("sync", after, func([]string) { rewrite(t, file, numbered("2")) }))
	_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
	must(t, err)
	fx.isTidy(t)
	if got := fx.content(t); got != asAccepted(numbered("2")) {
		t.Errorf("the file is\n%s", got)
	}
}

// Two others write, to the old file and to the new one: what was written last is in
// place, and the other in the trash.
func TestWriteToBothAfterExchange(t *testing.T) {
	for name, c := range map[string]struct{ first, second, want, trash string }{
		"the old one last": {"new", "old", asAccepted(numbered("old")), numbered("new")},
		"the new one last": {"old", "new", numbered("new"), numbered("old")},
	} {
		t.Run(name, func(t *testing.T) {
			var fx *fixture
			var old *os.File
			fx = newFixture(t, pending, on("sync", after, func([]string) {
				files := map[string]*os.File{"old": old, "new": opened(t, fx.path)}
				rewrite(t, files[c.first], numbered(c.first))
				for later(t, files[c.first], files[c.second]) {
					rewrite(t, files[c.second], numbered(c.second))
				}
			}))
			old = opened(t, fx.path)
			_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
			must(t, err)
			fx.isTidy(t)
			if got := fx.content(t); got != c.want {
				t.Errorf("the file is\n%s", got)
			}
			if kept := fx.trash.files(); len(kept) != 1 || string(kept[0].Data) != c.trash || kept[0].Reason != ReasonSuperseded {
				t.Errorf("in the trash are %d files", len(kept))
			}
		})
	}
}

// later reports whether the second of two files does not have a later mtime yet.
func later(t *testing.T, first, second *os.File) bool {
	t.Helper()
	a, err := first.Stat()
	must(t, err)
	b, err := second.Stat()
	must(t, err)
	return !b.ModTime().After(a.ModTime())
}

// Attributes that others change in the middle are kept as well.
func TestChmodBeforeExchange(t *testing.T) {
	var fx *fixture
	fx = newFixture(t, pending, on("exchange", before, func([]string) { must(t, os.Chmod(fx.path, 0o604)) }))
	_, err := fx.Change(t.Context(), testKey(), accepted(), Options{})
	must(t, err)
	if info, err := os.Stat(fx.path); err != nil || info.Mode() != 0o604 {
		t.Errorf("the mode is %v (%v)", info.Mode(), err)
	}
	fx.isTidy(t)
}

// Whoever gives up is told so, and nothing was done.
func TestCancelled(t *testing.T) {
	fx := newFixture(t, "{")
	ctx, cancel := context.WithCancel(t.Context())
	fx.config.Tree = hookedTree{fx.config.Tree, hooks{after: func(string, ...string) { cancel() }}}
	for _, err := range []error{
		func() error { _, err := fx.Change(ctx, testKey(), accepted(), Options{}); return err }(),
		func() error { _, err := fx.Delete(ctx, testKey(), Options{}); return err }(),
		func() error { _, err := fx.Recover(ctx); return err }(),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
	}
	if fx.content(t) != "{" {
		t.Error("it was changed")
	}
}
