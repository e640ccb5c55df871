package daemon

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
	"sessiond/internal/watcher"
)

// What the watcher tells comes out of the queue with the time of its first
// event, but not what a timer found: nobody knows when that happened.
func TestArrivals(t *testing.T) {
	early, late := time.Unix(100, 0), time.Unix(200, 0)
	file := func(name string) map[watcher.File]struct{} {
		return map[watcher.File]struct{}{{Folder: "a.b", Name: name}: {}}
	}
	type arrivals = map[session.Key]time.Time
	for name, test := range map[string]struct {
		changes []watcher.Change
		full    session.Trigger
		want    arrivals
	}{
		"a file": {
			changes: []watcher.Change{{Since: early, Files: file("1")}},
			want:    arrivals{"a.b/1": early},
		},
		"the same file again": {
			changes: []watcher.Change{
				{Since: early, Files: file("1")},
				{Since: late, Files: file("1")},
			},
			want: arrivals{"a.b/1": early},
		},
		"a folder and a file": {
			changes: []watcher.Change{
				{Since: early, Folders: map[string]struct{}{"a.b": {}}},
				{Since: late, Files: file("1")},
			},
			want: arrivals{"a.b/": early, "a.b/1": late},
		},
		"lost events": {
			changes: []watcher.Change{{Since: early, All: true}},
			full:    session.TriggerWatch,
			want:    arrivals{session.RootKey: early},
		},
		"a poll": {
			changes: []watcher.Change{{All: true, Polled: true}},
			full:    session.TriggerPoll,
		},
		"another root": {
			changes: []watcher.Change{{All: true}},
			full:    session.TriggerWatch,
		},
	} {
		t.Run(name, func(t *testing.T) {
			q := newQueue()
			for _, h := range test.changes {
				q.change(h)
			}
			b := q.take(false)
			if b.full != test.full {
				t.Errorf("asks for a full pass by %q, want %q", b.full, test.full)
			}
			if diff := cmp.Diff(test.want, b.arrivals); diff != "" {
				t.Errorf("arrivals (-want +got):\n%s", diff)
			}
			if again := q.take(false); again.arrivals != nil {
				t.Errorf("the next batch has %v", again.arrivals)
			}
		})
	}
}

// A change that an event told of is measured, whatever pass it takes.
func TestArrivalsAreMeasured(t *testing.T) {
	r := start(t, func(root string) { write(t, root, key(1), content(1, "a@example.com")) }, nil)
	measured := func() string {
		answer := httptest.NewRecorder()
		r.metrics.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
		return regexp.MustCompile(`(?m)^sessiond_edit_visible_seconds_count (.*)$`).FindStringSubmatch(answer.Body.String())[1]
	}
	file := map[watcher.File]struct{}{{Folder: key(1).App(), Name: key(1).ID()}: {}}
	for n, h := range []watcher.Change{
		{Since: time.Now(), Files: file},
		{Since: time.Now(), All: true},
	} {
		write(t, r.root, key(1), content(1, fmt.Sprintf("%d@example.com", n)))
		r.queue.change(h)
		until(t, fmt.Sprintf("%d changes are measured", n+1), func() bool { return measured() == fmt.Sprint(n+1) })
	}
	write(t, r.root, key(1), content(1, "unheard@example.com"))
	if report := r.refresh(t); report.Updated != 1 || measured() != "2" {
		t.Errorf("after a change without an event (%d updated), %s are measured; want 2", report.Updated, measured())
	}
}
