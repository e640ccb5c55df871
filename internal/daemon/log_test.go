package daemon

import (
	"fmt"
	"slices"
	"testing"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
)

// The line of a pass names the first of those who were logged out, and no others.
func TestLogNamesRemoved(t *testing.T) {
	var effects []session.MemoryChange
	var want []string
	for i, kind := range []session.ChangeKind{
		session.ChangeAdmitted, session.ChangeDeleted, session.ChangeUpdated, session.ChangeInvalid, session.ChangeDeleted,
		session.ChangeDeleted, session.ChangeDeleted, session.ChangeAdmitted, session.ChangeInvalid, session.ChangeDeleted,
	} {
		key := session.Key{App: "T1.a.b", ID: fmt.Sprintf("%d023d9205074199d1c16fc00d24354e778137675", i)}
		effects = append(effects, session.MemoryChange{Session: sessiontest.At(key), Kind: kind})
		if kind.Removes() && len(want) < namedRemovals {
			want = append(want, key.Short())
		}
	}
	if got := firstRemoved(effects); !slices.Equal(got, append(want, "and 2 more")) {
		t.Errorf("got %q, want %q and 2 more", got, want)
	}
	if got := firstRemoved(effects[1:7]); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := firstRemoved(effects[:1]); got != nil {
		t.Errorf("got %q, want none", got)
	}
}
