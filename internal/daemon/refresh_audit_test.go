package daemon

import (
	"os"
	"slices"
	"testing"

	"sessiond/internal/passes/passestest"
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
	passestest.Until(t, "both are on record", func() bool {
		got := r.audit(t)
		return slices.Contains(got, "refresh done") && slices.Contains(got, "removed")
	})
}
