package daemon

import (
	"os"
	"slices"
	"testing"
)

// A refresh by an administrator counts as asked for, whatever it removes: it is on record.
func TestRefreshesByAdministratorsAreRecorded(t *testing.T) {
	r := administer(t, 1, nil)
	if err := os.Remove(r.path(0)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.client.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := r.audit(t); !slices.Contains(got, "refresh done") || !slices.Contains(got, "removed") {
		t.Errorf("on record is %q", got)
	}
}
