package passes

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
)

// A pass that several asked for is the one that looks closest: a resync reads what a
// poll believes, and a person's request most of all.
func TestFullPassOfSeveral(t *testing.T) {
	order := []session.Trigger{
		session.TriggerPoll, session.TriggerResync, session.TriggerWatch, session.TriggerSignal, session.TriggerSocket,
	}
	for i, lesser := range order {
		for _, greater := range order[i:] {
			for _, both := range [][]session.Trigger{{lesser, greater}, {greater, lesser}} {
				q := newQueue()
				for _, trigger := range both {
					q.full(trigger, time.Time{})
				}
				if got := q.take(false).full; got != greater {
					t.Errorf("%v: %q, want %q", both, got, greater)
				}
			}
		}
	}
}

// What changed comes out of the queue once, with the time of the first event; what a
// timer found has none.
func TestChanges(t *testing.T) {
	early, late, never := time.Unix(100, 0), time.Unix(200, 0), time.Time{}
	var many []session.Key
	for i := range maxFoldersWaiting + 1 {
		many = append(many, session.Key{App: fmt.Sprintf("a.%d", i)})
	}
	const watch, poll = session.TriggerWatch, session.TriggerPoll
	type asked struct {
		Full    session.Trigger
		Keys    []session.Key
		Trigger session.Trigger // of a pass over the keys
		Since   time.Time
	}
	one, two, ab, cd := session.Key{App: "a.b", ID: "1"}, session.Key{App: "a.b", ID: "2"}, session.Key{App: "a.b"}, session.Key{App: "c.d"}
	for name, test := range map[string]struct {
		ask  func(*queue)
		want asked
	}{
		"a file": {
			ask:  func(q *queue) { q.changed(watch, []session.Key{one}, early) },
			want: asked{Keys: []session.Key{one}, Trigger: watch, Since: early},
		},
		"the same file again": {
			ask: func(q *queue) {
				q.changed(watch, []session.Key{one}, late)
				q.changed(watch, []session.Key{one}, early)
			},
			want: asked{Keys: []session.Key{one}, Trigger: watch, Since: early},
		},
		"a file and its folder": {
			ask: func(q *queue) {
				q.changed(watch, []session.Key{one}, early)
				q.changed(watch, []session.Key{ab}, late)
				q.changed(watch, []session.Key{two}, late)
			},
			want: asked{Keys: []session.Key{ab}, Trigger: watch, Since: early},
		},
		"a folder that is polled, and a file": {
			ask: func(q *queue) {
				q.changed(poll, []session.Key{cd}, never)
				q.changed(watch, []session.Key{one}, late)
				q.changed(poll, []session.Key{cd}, never)
			},
			want: asked{Keys: []session.Key{one, cd}, Trigger: watch, Since: late},
		},
		"too many folders": {
			ask:  func(q *queue) { q.changed(watch, many, early) },
			want: asked{Full: watch, Since: early},
		},
		"too many that are polled": {
			ask:  func(q *queue) { q.changed(poll, many, never) },
			want: asked{Full: poll},
		},
		"everything": {
			ask:  func(q *queue) { q.full(watch, early) },
			want: asked{Full: watch, Since: early},
		},
		"nothing": {
			ask: func(q *queue) { q.changed(watch, nil, early) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			q := newQueue()
			test.ask(q)
			b := q.take(false)
			got := asked{Full: b.full, Since: b.since}
			if b.full == "" && !b.keys.empty() {
				got.Keys, got.Trigger = slices.SortedFunc(slices.Values(b.keys.keys()), session.Key.Compare), b.keysTrigger
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("the queue asks for (-want +got):\n%s", diff)
			}
			if again := q.take(false); !again.empty() || !again.since.IsZero() {
				t.Errorf("it then asks for %+v", again)
			}
		})
	}
}
