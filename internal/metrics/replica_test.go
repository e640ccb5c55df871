package metrics

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// One state is 1, and the rest is as the daemon says.
func TestReplica(t *testing.T) {
	families, err := newMetrics().registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, family := range families {
		name, is := strings.CutPrefix(family.GetName(), "sessiond_replica_")
		if !is {
			continue
		}
		for _, m := range family.GetMetric() {
			for _, label := range m.GetLabel() {
				name = label.GetValue()
			}
			got[name] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	want := map[string]float64{
		"age_seconds": 90, "stale": 1, "away": 0, "diverged": 0, "following": 0, "held": 0, "live": 0, "loading": 0, "syncing": 0, "waiting": 0,
		"epoch": 4, "fulls_total": 5, "mismatches_total": 6, "losses_total": 7, "fenced_total": 8, "pending": 9, "omitted": 10,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("wanted (-) and told (+): %s", diff)
	}
}
