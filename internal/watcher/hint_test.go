package watcher

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// set makes the sets that hints are made of.
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

func TestHintMerge(t *testing.T) {
	tests := map[string]struct {
		hints []Hint
		want  Hint
	}{
		"nothing":    {nil, Hint{}},
		"empty ones": {[]Hint{{}, {}}, Hint{}},
		"files": {
			[]Hint{oneFile("a.b", "1"), oneFile("a.b", "2"), oneFile("a.b", "1")},
			Hint{Cause: CauseEvent, Files: set(File{"a.b", "1"}, File{"a.b", "2"})},
		},
		"a folder takes in its files": {
			[]Hint{oneFile("a.b", "1"), oneFile("c.d", "2"), wholeFolder("a.b")},
			Hint{Cause: CauseEvent, Folders: set("a.b"), Files: set(File{"c.d", "2"})},
		},
		"a file of a folder that is there": {
			[]Hint{wholeFolder("a.b"), oneFile("a.b", "1"), wholeFolder("a.b"), oneFile("c.d", "2")},
			Hint{Cause: CauseEvent, Folders: set("a.b"), Files: set(File{"c.d", "2"})},
		},
		"everything takes in all": {
			[]Hint{oneFile("a.b", "1"), wholeFolder("c.d"), everything(CausePoll), oneFile("e.f", "2")},
			Hint{Cause: CausePoll, All: true},
		},
		"the gravest cause": {
			[]Hint{everything(CauseRoot), everything(CauseOverflow), everything(CausePoll), wholeFolder("a.b")},
			Hint{Cause: CauseOverflow, All: true},
		},
		"root over poll over event": {
			[]Hint{wholeFolder("a.b"), everything(CausePoll), everything(CauseRoot)},
			Hint{Cause: CauseRoot, All: true},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got Hint
			for _, h := range test.hints {
				got.Merge(h)
			}
			if len(got.Files) == 0 {
				got.Files = nil // a file that was taken in leaves an empty map
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("merged hint (-want +got):\n%s", diff)
			}
			if want := test.want.Cause == ""; got.Empty() != want {
				t.Errorf("Empty() = %t, want %t", got.Empty(), want)
			}
		})
	}
}
