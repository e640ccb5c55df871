package replica

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
)

func TestHead(t *testing.T) {
	want := &Head{
		Version: 1, Epoch: 3, Beat: 4, By: "node", Run: 0xab, State: StateLive, Synced: true, N: 5, Pass: 6,
		Trigger: session.TriggerWatch, Revision: 7, Sessions: 8, Sum: Sum{9, 10},
		Born: time.Unix(11, 12).UTC(), At: time.Unix(13, 0).UTC(), Made: 14, Released: true,
	}
	text, err := want.encode()
	if err != nil {
		t.Fatal(err)
	}
	const as = `{"v":1,"epoch":3,"beat":4,"by":"node","run":"000000ab","state":"live","synced":true,"n":5,"pass":6,` +
		`"trigger":"watch","revision":7,"sessions":8,"sum":"0000000000000009000000000000000a",` +
		`"born":"1970-01-01T00:00:11.000000012Z","at":"1970-01-01T00:00:13Z","made":14,"released":true}`
	if diff := cmp.Diff(as, text); diff != "" {
		t.Error(diff)
	}
	got, err := decodeHead(text)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Sum{})); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func TestHeadsThatAreNotTaken(t *testing.T) {
	for text, want := range map[string]error{
		`{"v":2,"epoch":3,"unknown":1}`: ErrNewer,
		`{"v":1}`:                       nil,
		`{"epoch":1}`:                   nil,
		``:                              nil,
		`{"v":1,"epoch":1,"sum":"x"}`:   nil,
	} {
		if h, err := decodeHead(text); err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%q is read as %+v, %v", text, h, err)
		}
	}
	if _, err := decodeHead(`{"v":1,"epoch":3,"unknown":1}`); err != nil {
		t.Errorf("what a later one adds is not passed over: %v", err)
	}
}

func TestPositions(t *testing.T) {
	at := Position{Epoch: 2, N: 5}
	for q, want := range map[Position]bool{
		{2, 5}: true, {2, 4}: true, {2, 6}: false, {1, 9}: true, {3, 1}: false,
	} {
		if got := at.Reaches(q); got != want {
			t.Errorf("whether it reaches %v is %v", q, got)
		}
	}
}

func TestTooManyRemovals(t *testing.T) {
	for r, want := range map[Removals]bool{
		{19, 19}: false, {20, 20}: true, {20, 99}: true, {20, 100}: false, {21, 100}: true, {0, 0}: false,
	} {
		if got := r.tooMany(); got != want {
			t.Errorf("whether %v are too many is %v", r, got)
		}
	}
}
