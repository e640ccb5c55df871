//go:build linux

package main

import (
	"strings"
	"testing"
)

func TestPercentile(t *testing.T) {
	var hundred []float64
	for i := range 100 {
		hundred = append(hundred, float64(100-i))
	}
	for _, test := range []struct {
		of   []float64
		p    float64
		want float64
	}{
		{nil, 50, 0},
		{[]float64{7}, 99, 7},
		{[]float64{3, 1}, 50, 2},
		{[]float64{9, 1, 4}, 50, 4},
		{hundred, 50, 50.5},
		{hundred, 99, 99},
		{hundred, 100, 100},
	} {
		if got := percentile(test.of, test.p); got != test.want {
			t.Errorf("percentile %v of %v is %v, want %v", test.p, test.of, got, test.want)
		}
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1_234_567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
}

func TestReport(t *testing.T) {
	r := report{columns: []string{"now", "before"}}
	l := r.line("a pass", "×", "≤ 2")
	l.add(0, 1, 3)
	l.add(1, 4)
	r.hold("calls", 3, 2)
	var out strings.Builder
	r.show(&out)
	for _, want := range []string{"now", "before", "2 (1 … 3)", "4\n", "TOO MANY"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, out.String())
		}
	}
	if err := r.failed(); err == nil {
		t.Error("a count over its limit does not fail")
	}
}
