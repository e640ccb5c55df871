//go:build root

package edit

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"sessiond/internal/edit"
	"sessiond/internal/session"
)

// A disk that is full in the middle of many changes: those for which there is no space are
// as they were, the others are changed, nothing is left, and a second time does the rest.
func TestFullDiskInTheMiddleOfMany(t *testing.T) {
	const files, room = 100, 60
	m := newMounted(t, "size=1M")
	items := make([]edit.Item, files)
	for n := range items {
		items[n].Key = key(n)
		must(t, os.WriteFile(pathOf(m.behind, key(n)), newDocument(key(n)).bytes(), 0o644))
	}
	filler := filepath.Join(filepath.Dir(m.behind), "filler")
	fill(t, filler, room*4096)
	e := m.editor(func() {})
	status := session.StatusAccepted
	for _, want := range []int{files - room, 0} {
		full, changed := 0, 0
		e.ChangeAll(t.Context(), items, edit.Set{Status: &status}, edit.Options{}, func(some []edit.Outcome) {
			for _, o := range some {
				data, err := os.ReadFile(pathOf(m.behind, o.Key))
				must(t, err)
				is, err := parse(data)
				must(t, err)
				fault := &edit.Error{}
				switch {
				case o.Err == nil && is.Status == status:
					changed++
				case errors.As(o.Err, &fault) && fault.Kind == edit.KindNoSpace && is.Status == session.StatusPending:
					full++
				default:
					t.Errorf("%q is %+v, told: %v", o.Key, is, o.Err)
				}
			}
		})
		if full != want || full+changed != files {
			t.Errorf("%d found no space, want %d; %d are changed", full, want, changed)
		}
		e.Close()
		if left := temporaries(t, m.behind); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	}
}
