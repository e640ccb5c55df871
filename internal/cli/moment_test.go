package cli

import (
	"testing"
	"time"
)

func TestMoment(t *testing.T) {
	zone := time.FixedZone("here", 2*60*60)
	now := time.Date(2026, 11, 22, 0, 30, 0, 0, zone) // still the day before in UTC
	for text, want := range map[string]string{
		"2h":                        "2026-11-21T22:30:00+02:00",
		"90s":                       "2026-11-22T00:28:30+02:00",
		"0":                         "2026-11-22T00:30:00+02:00",
		"00:15":                     "2026-11-22T00:15:00+02:00",
		"00:15:30":                  "2026-11-22T00:15:30+02:00",
		"2026-11-21 18:05":          "2026-11-21T18:05:00+02:00",
		"2026-11-21 18:05:09":       "2026-11-21T18:05:09+02:00",
		"2026-11-21T18:05:00Z":      "2026-11-21T18:05:00Z",
		"2026-11-21T12:05:00-05:00": "2026-11-21T12:05:00-05:00",
	} {
		got, err := moment(text).at(now, zone)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%q is %v, %v, want %s", text, got, err, want)
		}
	}
	if got, err := moment("").at(now, zone); err != nil || !got.IsZero() {
		t.Errorf("none is %v, %v", got, err)
	}
	for _, text := range []string{
		"now", "2", "2d", "1:2", "25:00", "2026-11-21", "21.11.2026 18:05", "2026-02-30 10:00",
		"-2h", "00:31", "2026-11-22 00:31", "2027-01-01T00:00:00Z", // in the future
	} {
		if got, err := moment(text).at(now, zone); err == nil {
			t.Errorf("%q is %v, want an error", text, got)
		}
	}
}
