//go:build linux

package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseCalls(t *testing.T) {
	const summary = `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 51.12    0.001234           1      1200           statx
 30.00    0.000700          10        70         3 futex
  0.00    0.000000           0         2         2 openat
------ ----------- ----------- --------- --------- ----------------
100.00    0.001934           1      1272         5 total
`
	got := parseCalls(summary)
	want := calls{"statx": 1200, "futex": 70, "openat": 2}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the calls (-want +got):\n%s", d)
	}
	if n := got.total(); n != 1202 {
		t.Errorf("%v calls of the daemon's own, want 1202", n)
	}
	if n := (calls{readCall: 5, affinityCall: 2}).total(); n != 3 {
		t.Errorf("%v reads of the daemon's own, want 3", n)
	}
	if n := (calls{affinityCall: 2}).total(); n != 0 {
		t.Errorf("%v calls of the daemon's own, want none", n)
	}
	if d := cmp.Diff(calls{"statx": 600, "futex": 35, "openat": 0.5}, got.minus(calls{"openat": 1}).by(2)); d != "" {
		t.Errorf("half of the rest (-want +got):\n%s", d)
	}
	if s, want := got.String(), "statx 1200, futex 70, openat 2"; s != want {
		t.Errorf("as text: %q, want %q", s, want)
	}
}
