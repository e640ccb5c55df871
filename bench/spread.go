//go:build linux

package main

import (
	"slices"
	"strconv"
	"time"
)

// spread is what several measurements of one thing came to.
type spread struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
}

func spreadOf(values []float64) spread {
	s := slices.Sorted(slices.Values(values))
	if len(s) == 0 {
		return spread{}
	}
	middle := (s[(len(s)-1)/2] + s[len(s)/2]) / 2
	return spread{Min: s[0], Median: middle, Max: s[len(s)-1]}
}

// ratios divides what was measured in the same rounds.
func ratios(of, by []float64) []float64 {
	r := make([]float64, len(of))
	for i := range of {
		r[i] = of[i] / by[i]
	}
	return r
}

// percentile returns the smallest duration that p percent are not above.
func percentile(durations []time.Duration, p float64) time.Duration {
	s := slices.Sorted(slices.Values(durations))
	if len(s) == 0 {
		return 0
	}
	at := int(float64(len(s))*p/100+0.999999) - 1
	return s[min(max(at, 0), len(s)-1)]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// thousands writes a number with commas.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}
