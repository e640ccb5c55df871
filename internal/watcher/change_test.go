package watcher

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// set makes the sets that changes are made of.
func set[T comparable](members ...T) map[T]struct{} {
	if len(members) == 0 {
		return nil
	}
	s := make(map[T]struct{}, len(members))
	for _, m := range members {
		s[m] = struct{}{}
	}
	return s
}

func TestChangeMerge(t *testing.T) {
	tests := map[string]struct {
		changes []Change
		want    Change
	}{
		"nothing":    {nil, Change{}},
		"empty ones": {[]Change{{}, {}}, Change{}},
		"files": {
			[]Change{oneFile("a.b", "1"), oneFile("a.b", "2"), oneFile("a.b", "1")},
			Change{Cause: CauseEvent, Files: set(File{"a.b", "1"}, File{"a.b", "2"})},
		},
		"a folder takes in its files": {
			[]Change{oneFile("a.b", "1"), oneFile("c.d", "2"), wholeFolder("a.b")},
			Change{Cause: CauseEvent, Folders: set("a.b"), Files: set(File{"c.d", "2"})},
		},
		"a file of a folder that is there": {
			[]Change{wholeFolder("a.b"), oneFile("a.b", "1"), wholeFolder("a.b"), oneFile("c.d", "2")},
			Change{Cause: CauseEvent, Folders: set("a.b"), Files: set(File{"c.d", "2"})},
		},
		"everything takes in all": {
			[]Change{oneFile("a.b", "1"), wholeFolder("c.d"), rescanAll(CausePoll), oneFile("e.f", "2")},
			Change{Cause: CausePoll, All: true},
		},
		"the gravest cause": {
			[]Change{rescanAll(CauseRoot), rescanAll(CauseOverflow), rescanAll(CausePoll), wholeFolder("a.b")},
			Change{Cause: CauseOverflow, All: true},
		},
		"root over poll over event": {
			[]Change{wholeFolder("a.b"), rescanAll(CausePoll), rescanAll(CauseRoot)},
			Change{Cause: CauseRoot, All: true},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got Change
			for _, h := range test.changes {
				got.Merge(h)
			}
			if len(got.Files) == 0 {
				got.Files = nil // a file that was taken in leaves an empty map
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("merged change (-want +got):\n%s", diff)
			}
			if want := test.want.Cause == ""; got.Empty() != want {
				t.Errorf("Empty() = %t, want %t", got.Empty(), want)
			}
		})
	}
}
