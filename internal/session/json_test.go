package session

import (
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// The JSON names are a contract with scripts (refresh contract, section 5).
func TestJSON(t *testing.T) {
	at := time.Date(2026, 11, 22, 18, 0, 0, 123456789, time.UTC)
	problem := Problem{ErrCode: 3, ComponentSignature: "mobi", Message: "m", Session: Key{App: "a.b", ID: "c"}, Detail: "d"}
	unsettled := Unsettled{Session: Key{App: "a.b"}, Since: at, Reason: ReasonUnreadable}
	for _, test := range []struct {
		name  string
		value any
		want  string
	}{
		{"an empty report", Report{Trigger: TriggerSocket, Scope: ScopeFull, StartedAt: at}, `{"pass":0,"trigger":"socket","scope":"full","startedAt":"2026-11-22T18:00:00.123456789Z","durationMs":0,` +
			`"checked":0,"updated":0,"unchanged":0,"notInMemory":0,"admitted":0,"rejected":0,"removed":0,"errors":[],"unsettled":[]}`},
		{"a report", Report{
			Pass: 7, Trigger: TriggerWatch, Scope: ScopeFiles, StartedAt: at, DurationMs: 1.94,
			Counts:  Counts{1, 2, 3, 4, 5, 6, 7},
			Changes: []Change{{Key{App: "a.b", ID: "c"}, ActionUpdated, ""}, {Key{App: "a.b", ID: "d"}, ActionRemoved, RemovedDeleted}},
			Errors:  []Problem{problem}, Unsettled: []Unsettled{unsettled},
		}, `{"pass":7,"trigger":"watch","scope":"files","startedAt":"2026-11-22T18:00:00.123456789Z","durationMs":1.94,` +
			`"checked":1,"updated":2,"unchanged":3,"notInMemory":4,"admitted":5,"rejected":6,"removed":7,` +
			`"changes":[{"session":"a.b/c","action":"updated"},{"session":"a.b/d","action":"removed","reason":"deleted"}],` +
			`"errors":[{"errCode":3,"componentSignature":"mobi","message":"m","session":"a.b/c","detail":"d"}],` +
			`"unsettled":[{"session":"a.b/","since":"2026-11-22T18:00:00.123456789Z","reason":"unreadable"}]}`},
		{"a pass without changes", Report{Changes: []Change{}, StartedAt: at}, `{"pass":0,"trigger":"","scope":"","startedAt":"2026-11-22T18:00:00.123456789Z","durationMs":0,` +
			`"checked":0,"updated":0,"unchanged":0,"notInMemory":0,"admitted":0,"rejected":0,"removed":0,"changes":[],"errors":[],"unsettled":[]}`},
		{"an active error", ActiveError{Problem: problem, Since: at, Modified: FileTime(at.UnixNano()), LastKnown: &LastKnown{Email: "e"}}, `{"errCode":3,"componentSignature":"mobi","message":"m","session":"a.b/c","detail":"d","since":"2026-11-22T18:00:00.123456789Z","modified":"2026-11-22T18:00:00.123456789Z","lastKnown":{"email":"e"}}`},
		{"an event", Event{0x1f, 9, at, Key{App: "a.b", ID: "c"}, "e", ActionAdmitted, "", TriggerOpen}, `{"epoch":"0000001f","revision":9,"at":"2026-11-22T18:00:00.123456789Z","session":"a.b/c","email":"e","action":"admitted","trigger":"open"}`},
	} {
		got, err := json.Marshal(test.value)
		if err != nil || string(got) != test.want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", test.name, err, got, test.want)
		}
	}
}

func TestCountRejected(t *testing.T) {
	for _, test := range []struct {
		problems []Problem
		want     int
	}{
		{nil, 0},
		{[]Problem{{ComponentSignature: ComponentFile}}, 0},
		{[]Problem{{ComponentSignature: ComponentFile}, {ComponentSignature: ComponentMobi}}, 1},
	} {
		if got := CountRejected(test.problems); got != test.want {
			t.Errorf("%v: %d, want %d", test.problems, got, test.want)
		}
		active := make([]ActiveError, len(test.problems))
		for i, p := range test.problems {
			active[i].Problem = p
		}
		if got := CountRejected(active); got != test.want {
			t.Errorf("%v: %d, want %d", active, got, test.want)
		}
	}
}
