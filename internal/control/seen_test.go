package control_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"sessiond/internal/admin"
	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/control"
	"sessiond/internal/edit"
	"sessiond/internal/session"
)

// seen is a control.Seen that says what a test tells it.
type seen struct {
	since time.Time
	times map[session.Key]time.Time
}

func (s seen) Since() time.Time             { return s.since }
func (s seen) At(key session.Key) time.Time { return s.times[key] }

// A list can be of who was not seen for long, and sorted by that, page by page.
func TestListBySeen(t *testing.T) {
	all := sessions("a.one", 5) // their files were modified two days before start
	known := seen{since: start().Add(-10 * 24 * time.Hour), times: map[session.Key]time.Time{
		all[0].Key(): start().Add(-time.Hour),
		all[2].Key(): start().Add(-9 * 24 * time.Hour),
		all[3].Key(): start().Add(-time.Minute),
	}}
	w := newWorld(t, func(c *control.Config) { c.Seen = known })
	w.pass(all...)
	list := func(q client.Query) (keys []session.Key, times []time.Time) {
		t.Helper()
		for one, err := range w.client.AllSessions(t.Context(), q) {
			if err != nil {
				t.Fatal(err)
			}
			keys, times = append(keys, one.Session), append(times, one.SeenAt)
		}
		return keys, times
	}
	want := []*session.Session{all[1], all[4], all[2], all[0], all[3]}
	for order, want := range map[string][]*session.Session{"seen": want, "-seen": reversed(want)} {
		sorted, err := session.ParseSort(order)
		if err != nil {
			t.Fatal(err)
		}
		keys, times := list(client.Query{Sort: sorted, Limit: 2})
		if !slices.Equal(keys, keysOf(want)) {
			t.Errorf("%s: %v, want %v", order, keys, keysOf(want))
		}
		for i, key := range keys {
			if !times[i].Equal(known.times[key]) {
				t.Errorf("%s was seen at %v, want %v", key, times[i], known.times[key])
			}
		}
	}
	before := func(at time.Time) []session.Key {
		keys, _ := list(client.Query{Filter: session.Filter{SeenBefore: at}})
		return keys
	}
	if got := before(start().Add(-24 * time.Hour)); !slices.Equal(got, keysOf([]*session.Session{all[1], all[2], all[4]})) {
		t.Errorf("not seen for a day: %v", got)
	}
	if got := before(start().Add(-5 * 24 * time.Hour)); !slices.Equal(got, keysOf([]*session.Session{all[2]})) {
		t.Errorf("not seen for five days: %v", got)
	}
	early := url.QueryEscape(known.since.Add(-time.Second).Format(time.RFC3339))
	w.get("/v1/sessions?seenBefore="+early).mustFail(t, http.StatusBadRequest, "no earlier than 2026-11-12T18:00:00Z")
}

// Where nothing is collected, nobody was not seen.
func TestNothingIsCollected(t *testing.T) {
	w := newWorld(t)
	w.pass(sessions("a.one", 2)...)
	for _, query := range []string{"seenBefore=2026-11-22T18:00:00Z", "sort=seen", "sort=-seen"} {
		w.get("/v1/sessions?"+query).mustFail(t, http.StatusBadRequest, "it is not collected when sessions are seen")
	}
}

// Many sessions can be changed by when they were last seen, as they are listed.
func TestChangesBySeen(t *testing.T) {
	all := sessions("a.one", 3)
	known := seen{since: start().Add(-10 * 24 * time.Hour), times: map[session.Key]time.Time{
		all[0].Key(): start().Add(-time.Hour), all[1].Key(): start().Add(-9 * 24 * time.Hour), all[2].Key(): start(),
	}}
	w := newWorld(t, writing, func(c *control.Config) { c.Seen = known })
	w.pass(all...)
	w.admin.many = func(_ context.Context, items []edit.Item, tell func([]admin.Ended)) {
		for _, item := range items {
			tell([]admin.Ended{{Answer: admin.Answer{Result: edit.Result{Key: item.Key}}}})
		}
	}
	before := func(at time.Time) answer {
		return w.changes(fmt.Sprintf(`{"select":{"seenBefore":%q},"delete":true,"dryRun":true}`, at.Format(time.RFC3339)))
	}
	plan := read[api.ChangesPlan](t, before(start().Add(-24*time.Hour)).mustBe(t, "application/json"))
	if plan.Matched != 1 || len(plan.Items) != 1 || plan.Items[0].Session != all[1].Key() {
		t.Errorf("the plan is %+v", plan)
	}
	before(known.since.Add(-time.Second)).mustFail(t, http.StatusBadRequest, "no earlier than")
}
