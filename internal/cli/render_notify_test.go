package cli

import (
	"strings"
	"testing"
	"time"

	"sessiond/internal/api"
)

// The status says whether a running 4D server follows, what it waits for or why it fails,
// and what 4D reported. Another verdict of 4D's is odd and no failure.
func TestDrawFollowing(t *testing.T) {
	const url = "http://127.0.0.1/sessiond/"
	for name, c := range map[string]struct {
		notify *api.Notify
		hint   *api.Hint
		want   []string
	}{
		"follows": {
			notify: &api.Notify{URL: url, State: api.NotifyFollowing, LastSuccess: today().Add(-time.Minute), Errors: []api.NotifyError{}},
			want:   []string{"4D server     follows, last told 1 minute ago (" + url + ")", "              it reports no error"},
		},
		"does not say": {
			notify: &api.Notify{URL: url, State: api.NotifyFollowing, LastSuccess: today()},
			want:   []string{"4D server     follows, last told just now (" + url + ")", "Sessions "},
		},
		"waits": {
			notify: &api.Notify{URL: url, State: api.NotifyWaiting, Reason: "1 file is in motion", Since: today().Add(-time.Hour), Updated: 1200, Removed: 1},
			want:   []string{"4D server     is to be told: 1 file is in motion; never told; 1,200 updated and 1 removed since 2026-11-22 17:00:00 (1 hour ago) (" + url + ")"},
		},
		"fails": {
			notify: &api.Notify{URL: url, State: api.NotifyFailing, Reason: "down", LastSuccess: today().Add(-time.Hour), Answer: "it was cut off"},
			want:   []string{"4D server     does not follow: down; last told 1 hour ago (" + url + ")", "              its answer was not understood: it was cut off"},
		},
		"reports": {
			notify: &api.Notify{
				URL: url, State: api.NotifyFollowing, LastSuccess: today(), ErrorsTotal: 3,
				Errors: []api.NotifyError{{ErrCode: 2, ComponentSignature: "mobi", Message: "wrong"}},
			},
			want: []string{"              it reports 3 errors:", "                mobi 2: wrong", "                and 2 more"},
		},
		"differs": {
			notify: &api.Notify{URL: url, State: api.NotifyFollowing, LastSuccess: today()},
			hint:   &api.Hint{Code: api.HintNotifyDiffers, Text: "4D reports mobi 2, and this daemon does not"},
			want:   []string{"OK, but 4D reports mobi 2, and this daemon does not."},
		},
		"no server": {want: []string{"Watching      events, 0 folders watched\nSessions "}},
	} {
		t.Run(name, func(t *testing.T) {
			s := api.Status{Passes: 1, StartedAt: started(), Watch: api.Watch{Mode: "events"}, LastSuccess: today(), Notify: c.notify}
			if c.hint != nil {
				s.Hints = []api.Hint{*c.hint}
			}
			got := drawn(t, false, func(p *page) { p.status(&s) })
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not in\n%s", want, got)
				}
			}
		})
	}
}
