package daemon

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
	"sessiond/internal/watcher"
)

// What the watcher tells comes out of the queue with the time of the first event,
// but not what a timer found: nobody knows when that happened.
func TestChanges(t *testing.T) {
	early, late := time.Unix(100, 0), time.Unix(200, 0)
	file := func(name string) map[watcher.File]struct{} {
		return map[watcher.File]struct{}{{Folder: "a.b", Name: name}: {}}
	}
	folders := func(names ...string) map[string]struct{} {
		set := make(map[string]struct{})
		for _, name := range names {
			set[name] = struct{}{}
		}
		return set
	}
	var many []string
	for i := range maxFoldersWaiting + 1 {
		many = append(many, fmt.Sprintf("a.%d", i))
	}
	type asked struct {
		Full    session.Trigger
		Keys    []session.Key
		Trigger session.Trigger // of a pass over the keys
		Since   time.Time
	}
	for name, test := range map[string]struct {
		changes []watcher.Change
		want    asked
	}{
		"a file": {
			changes: []watcher.Change{{Since: early, Files: file("1")}},
			want:    asked{Keys: []session.Key{{App: "a.b", ID: "1"}}, Trigger: session.TriggerWatch, Since: early},
		},
		"the same file again": {
			changes: []watcher.Change{{Since: late, Files: file("1")}, {Since: early, Files: file("1")}},
			want:    asked{Keys: []session.Key{{App: "a.b", ID: "1"}}, Trigger: session.TriggerWatch, Since: early},
		},
		"a file and its folder": {
			changes: []watcher.Change{{Since: early, Files: file("1")}, {Since: late, Folders: folders("a.b")}, {Since: late, Files: file("2")}},
			want:    asked{Keys: []session.Key{{App: "a.b"}}, Trigger: session.TriggerWatch, Since: early},
		},
		"a folder that is polled": {
			changes: []watcher.Change{{Folders: folders("a.b"), Polled: true}},
			want:    asked{Keys: []session.Key{{App: "a.b"}}, Trigger: session.TriggerPoll},
		},
		"a folder that is polled, and a file": {
			changes: []watcher.Change{{Folders: folders("c.d"), Polled: true}, {Since: late, Files: file("1")}, {Folders: folders("c.d"), Polled: true}},
			want:    asked{Keys: []session.Key{{App: "a.b", ID: "1"}, {App: "c.d"}}, Trigger: session.TriggerWatch, Since: late},
		},
		"too many folders": {
			changes: []watcher.Change{{Since: early, Folders: folders(many...)}},
			want:    asked{Full: session.TriggerWatch, Since: early},
		},
		"too many that are polled": {
			changes: []watcher.Change{{Folders: folders(many...), Polled: true}},
			want:    asked{Full: session.TriggerPoll},
		},
		"lost events": {
			changes: []watcher.Change{{Since: early, All: true}},
			want:    asked{Full: session.TriggerWatch, Since: early},
		},
		"a poll": {
			changes: []watcher.Change{{All: true, Polled: true}},
			want:    asked{Full: session.TriggerPoll},
		},
		"another root": {
			changes: []watcher.Change{{All: true}},
			want:    asked{Full: session.TriggerWatch},
		},
	} {
		t.Run(name, func(t *testing.T) {
			q := newQueue()
			for _, c := range test.changes {
				q.change(c)
			}
			b := q.take(false)
			got := asked{Full: b.full, Since: b.since}
			if b.full == "" {
				got.Keys, got.Trigger = slices.SortedFunc(slices.Values(b.keys.keys()), session.Key.Compare), b.keysTrigger
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("the queue asks for (-want +got):\n%s", diff)
			}
			if again := q.take(false); !again.empty() || !again.since.IsZero() {
				t.Errorf("the next pendingWork has %+v", again)
			}
		})
	}
}

// A change that an event told of is measured, whatever pass it takes.
func TestChangesAreMeasured(t *testing.T) {
	r := start(t, func(root string) { write(t, root, key(1), content(1, "a@example.com")) }, nil)
	measured := func() string {
		answer := httptest.NewRecorder()
		r.metrics.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
		return regexp.MustCompile(`(?m)^sessiond_edit_visible_seconds_count (.*)$`).FindStringSubmatch(answer.Body.String())[1]
	}
	file := map[watcher.File]struct{}{{Folder: key(1).App, Name: key(1).ID}: {}}
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
