package mobileapps

import (
	"testing"
	"time"
)

// Whoever waits for a pass sees that it gets on: call by call, also where one of
// them hangs.
func TestStepsGrow(t *testing.T) {
	bubble(t, func(t *testing.T, tree *fakeTree, b *Bounded) {
		grows := func(what string, do func()) {
			t.Helper()
			before := b.Steps()
			do()
			if b.Steps() == before {
				t.Errorf("%s is no step", what)
			}
		}
		var root Root
		var folder Folder
		grows("opening", func() { root, folder = open(t, b, "a.b") })
		grows("a listing", func() { _, _ = folder.Next(1) })
		grows("a look", func() { _, _ = folder.Stat("1") })
		grows("a read", func() { _, _ = folder.Read("1") })
		goOn := tree.hang("read a.b/2")
		grows("a read that hangs", func() { took(t, "it", patience, true, reading(folder, "2")) })
		grows("closing", func() { folder.Close(); root.Close() })
		settle(goOn)

		before := b.Steps()
		time.Sleep(time.Hour)
		if b.Steps() != before {
			t.Error("nobody asked, and yet there were steps")
		}
	})
}
