package mobileapps

import (
	"testing"
	"time"
)

func TestIsOlder(t *testing.T) {
	opened := time.Now()
	const second = time.Second
	for _, test := range []struct {
		name  string
		ctime time.Duration // after opened
		since elapsed
		want  bool
	}{
		{"long ago", -time.Hour, elapsed{second, second}, true},
		{"two seconds ago", -2 * second, elapsed{second, second}, false},
		{"three seconds ago", -3 * second, elapsed{second, second}, true},
		{"just long enough ago", -stampTick - 1, elapsed{second, second}, true},
		{"within a tick", -stampTick, elapsed{second, second}, false},
		{"a moment ago", -1, elapsed{second, second}, false},
		{"during the read", 1, elapsed{second, second}, false},
		{"in the future", time.Hour, elapsed{second, second}, false},
		{"long ago, the clock was set back", -time.Hour, elapsed{second - 2*time.Hour, second}, false},
		{"long ago, the clock was set back by little", -time.Hour, elapsed{second - stampSlack, second}, false},
		{"long ago, the clock was set back by less", -time.Hour, elapsed{second - stampSlack + 1, second}, true},
		{"long ago, the clock was set back by a second", -time.Hour, elapsed{0, second}, false},
		{"long ago, the clock was set forward", -time.Hour, elapsed{second + time.Hour, second}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			sig := Signature{Ctime: opened.Add(test.ctime).UnixNano()}
			if got := isOlder(sig, opened, test.since); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

func TestElapsedSince(t *testing.T) {
	moment := time.Now()
	if since := elapsedSince(moment); since.mono < 0 || since.mono > time.Hour || since.wall.Abs() > time.Hour {
		t.Errorf("%+v went by since a moment ago", since)
	}
}
