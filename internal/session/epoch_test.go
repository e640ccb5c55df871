package session_test

import (
	"errors"
	"testing"

	"github.com/go-json-experiment/json"

	"sessiond/internal/session"
)

func TestEpochIsDrawn(t *testing.T) {
	a, b, c := session.NewEpoch(), session.NewEpoch(), session.NewEpoch()
	if a == 0 || a == b && b == c {
		t.Errorf("drawn: %v, %v, %v", a, b, c)
	}
}

func TestEpochText(t *testing.T) {
	text, err := json.Marshal([]session.Epoch{0x1f, 0xdeadbeef})
	if want := `["0000001f","deadbeef"]`; err != nil || string(text) != want {
		t.Errorf("%s, %v; want %s", text, err, want)
	}
	var again []session.Epoch
	if err := json.Unmarshal(text, &again); err != nil || again[0] != 0x1f || again[1] != 0xdeadbeef {
		t.Errorf("%v, %v", again, err)
	}
	for _, wrong := range []string{"", "1f", "0000001F", "+000001f", "00000001f", "0000001g", "0x00001f"} {
		if err := new(session.Epoch).UnmarshalText([]byte(wrong)); !errors.Is(err, session.ErrEpoch) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestPosition(t *testing.T) {
	for text, want := range map[string]session.Position{
		"0":                             {},
		"18446744073709551615":          {Revision: 1<<64 - 1},
		"0000001f-7":                    {Epoch: 0x1f, Revision: 7},
		"deadbeef-18446744073709551615": {Epoch: 0xdeadbeef, Revision: 1<<64 - 1},
	} {
		got, err := session.ParsePosition(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%q is %+v (%v), written %q; want %+v", text, got, err, got, want)
		}
	}
	for _, wrong := range []string{"", "-", "-1", "1-1", "deadbeef", "deadbeef-", "deadbeef--1", "DEADBEEF-1", "1e3", "18446744073709551616"} {
		if got, err := session.ParsePosition(wrong); !errors.Is(err, session.ErrPosition) {
			t.Errorf("%q is %+v, %v", wrong, got, err)
		}
	}
}
