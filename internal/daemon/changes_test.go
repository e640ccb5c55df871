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

	"sessiond/internal/passes/passestest"
	"sessiond/internal/session"
	"sessiond/internal/watcher"
)

// asked is what a change asks for.
type asked struct {
	Full, Some session.Trigger
	Keys       []session.Key
	Since      time.Time
}

func (a *asked) Changed(trigger session.Trigger, keys []session.Key, since time.Time) {
	*a = asked{Some: trigger, Keys: slices.SortedFunc(slices.Values(keys), session.Key.Compare), Since: since}
}

func (a *asked) Rescan(trigger session.Trigger, since time.Time) {
	*a = asked{Full: trigger, Since: since}
}

// What the watcher tells is asked for, with the time of the first event; what a timer
// found has none, since nobody knows when that happened.
func TestChanges(t *testing.T) {
	early := time.Unix(100, 0)
	files := map[watcher.File]struct{}{{Folder: "a.b", Name: "1"}: {}, {Folder: "a.b", Name: "2"}: {}}
	folders := map[string]struct{}{"c.d": {}}
	one, two, cd := session.Key{App: "a.b", ID: "1"}, session.Key{App: "a.b", ID: "2"}, session.Key{App: "c.d"}
	for name, test := range map[string]struct {
		change watcher.Change
		want   asked
	}{
		"files": {watcher.Change{Since: early, Files: files}, asked{Some: session.TriggerWatch, Keys: []session.Key{one, two}, Since: early}},
		"files and a folder": {
			watcher.Change{Since: early, Files: files, Folders: folders},
			asked{Some: session.TriggerWatch, Keys: []session.Key{one, two, cd}, Since: early},
		},
		"a folder that is polled": {watcher.Change{Folders: folders, Polled: true}, asked{Some: session.TriggerPoll, Keys: []session.Key{cd}}},
		"lost events":             {watcher.Change{Since: early, All: true}, asked{Full: session.TriggerWatch, Since: early}},
		"a poll":                  {watcher.Change{All: true, Polled: true}, asked{Full: session.TriggerPoll}},
		"another root":            {watcher.Change{All: true}, asked{Full: session.TriggerWatch}},
	} {
		t.Run(name, func(t *testing.T) {
			var got asked
			dispatch(&got, test.change)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("it asks for (-want +got):\n%s", diff)
			}
		})
	}
}

// A change that an event told of is measured, whatever pass it takes.
func TestChangesAreMeasured(t *testing.T) {
	r := start(t, func(root string) {
		passestest.Write(t, root, passestest.Key(1), passestest.Content(1, "a@example.com"))
	}, nil)
	measured := func() string {
		answer := httptest.NewRecorder()
		r.metrics.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
		return regexp.MustCompile(`(?m)^sessiond_edit_visible_seconds_count (.*)$`).FindStringSubmatch(answer.Body.String())[1]
	}
	file := map[watcher.File]struct{}{{Folder: passestest.Key(1).App, Name: passestest.Key(1).ID}: {}}
	for n, h := range []watcher.Change{
		{Since: time.Now(), Files: file},
		{Since: time.Now(), All: true},
	} {
		passestest.Write(t, r.root, passestest.Key(1), passestest.Content(1, fmt.Sprintf("%d@example.com", n)))
		dispatch(r.passes, h)
		passestest.Until(t, fmt.Sprintf("%d changes are measured", n+1), func() bool { return measured() == fmt.Sprint(n+1) })
	}
	passestest.Write(t, r.root, passestest.Key(1), passestest.Content(1, "unheard@example.com"))
	if report := r.refresh(t); report.Updated != 1 || measured() != "2" {
		t.Errorf("after a change without an event (%d updated), %s are measured; want 2", report.Updated, measured())
	}
}
