package metrics

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// One state is 1, and the age is that of now.
func TestReplica(t *testing.T) {
	families, err := newMetrics().registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, family := range families {
		switch family.GetName() {
		case "sessiond_replica_age_seconds":
			got["age"] = family.GetMetric()[0].GetGauge().GetValue()
		case "sessiond_replica_state":
			for _, m := range family.GetMetric() {
				got[m.GetLabel()[0].GetValue()] = m.GetGauge().GetValue()
			}
		}
	}
	want := map[string]float64{
		"age": 90, "stale": 1, "away": 0, "diverged": 0, "following": 0, "held": 0, "live": 0, "loading": 0, "syncing": 0, "waiting": 0,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("wanted (-) and told (+): %s", diff)
	}
}
