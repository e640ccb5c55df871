package audit

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sessiond/internal/session"
)

// filled returns a log of n entries about ten sessions, a second apart.
func filled(t *testing.T, n int) *Log {
	t.Helper()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	l := open(t, Config{Now: func() time.Time { now = now.Add(time.Second); return now }})
	entries := make([]Entry, n)
	for i := range entries {
		entries[i] = Entry{
			Key:    session.Key{App: fmt.Sprintf("com.example.app%d", i%2), ID: fmt.Sprintf("%040d", i%10)},
			Action: ActionUpdated,
			After:  &State{Status: "accepted", Email: fmt.Sprintf("User%d@example.com", i%10)},
			Reason: strings.Repeat("x", i%300),
		}
	}
	if err := l.write(entries, false); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestPages(t *testing.T) {
	const n = 400
	l := filled(t, n)
	for _, limit := range []int{1, 7, 999, 5000} {
		for _, budget := range []int64{1, 5000, maxRead} {
			next, f := uint64(n), Filter{Limit: limit}
			for {
				page, err := read(l.file.path, f, budget)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range page.Entries {
					if e.Seq != next {
						t.Fatalf("limit %d, budget %d: got entry %d, want %d", limit, budget, e.Seq, next)
					}
					next--
				}
				if f.Before = page.Next; page.Next == 0 {
					break
				}
			}
			if next != 0 {
				t.Errorf("limit %d, budget %d: %d entries are missing", limit, budget, next)
			}
		}
	}
}

// A session file may have an e-mail address of a megabyte.
func TestLongTextsCanBeReadBack(t *testing.T) {
	l := open(t, Config{})
	long := strings.Repeat("\x01é", 100_000)
	for range 3 {
		l.Observe(Entry{
			Key: orders, Action: ActionUpdated, Device: long, Reason: long, Error: long,
			Before: &State{Status: "accepted", Email: long}, After: &State{Status: "accepted", Email: long},
		})
	}
	l.drain()
	changes, err := l.Begin(Entry{Key: orders, Action: ActionDelete, Before: &State{Email: long}})
	if err != nil {
		t.Fatal(err)
	}
	if err := changes[0].Done(Outcome{Before: &State{Email: long}}); err != nil {
		t.Fatal(err)
	}
	for before := uint64(6); before > 1; before-- {
		page, err := l.Read(Filter{Before: before, Limit: 1})
		if err != nil || len(page.Entries) != 1 || page.Entries[0].Seq != before-1 {
			t.Fatalf("before entry %d is %+v, %v", before, page, err)
		}
	}
	if size := l.file.size; size > 5*maxLine {
		t.Errorf("five lines have %d bytes", size)
	}
}

func TestFilters(t *testing.T) {
	l := filled(t, 100)
	for name, test := range map[string]struct {
		filter Filter
		want   int
	}{
		"all":            {Filter{}, 100},
		"app":            {Filter{App: "com.example.app1"}, 50},
		"an app's start": {Filter{App: "com.example.app"}, 0},
		"whole key":      {Filter{Session: fmt.Sprintf("com.example.app1/%040d", 3)}, 50}, // short keys are alike
		"start of a key": {Filter{Session: "com.example.app0/0000"}, 50},
		"e-mail":         {Filter{Email: "user3@EXAMPLE.com"}, 10},
		"action":         {Filter{Action: ActionRemoved}, 0},
		"since":          {Filter{Since: time.Date(2026, 11, 28, 12, 1, 31, 0, time.UTC)}, 10},
	} {
		if got := all(t, l, test.filter); len(got) != test.want {
			t.Errorf("%s: %d entries, want %d", name, len(got), test.want)
		}
	}
}
