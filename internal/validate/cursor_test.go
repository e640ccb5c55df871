package validate

import (
	"bytes"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// A run ends at the same byte, however many stand before and after it.
func TestRun(t *testing.T) {
	for length := range 20 {
		for at := range length + 1 {
			for b := range 256 {
				for _, filler := range []byte{' ', '!', '#', '[', ']', 0x7f, 0x80, 0xff} {
					data := bytes.Repeat([]byte{filler}, length)
					want := length
					if at < length {
						data[at] = byte(b)
						if b < ' ' || b == '"' || b == '\\' {
							want = at
						}
					}
					// What follows the end would go on, and must not be looked at.
					c := cursor{data: append(data, "0123456789abcdef"...)[:length]}
					if c.run(); c.pos != want {
						t.Fatalf("in %q a run is %d bytes long, want %d", data, c.pos, want)
					}
				}
			}
		}
	}
}

// Two that end a run, the first of which counts.
func TestRunWithTwoEnds(t *testing.T) {
	ends := []byte{0, 1, '\n', 0x1f, '"', '\\'}
	for i := range 8 {
		for j := i + 1; j < 8; j++ {
			for _, a := range ends {
				for _, b := range []byte("\x00\x01\x1f !\"#[\\]") {
					data := []byte("abcdefgh")
					data[i], data[j] = a, b
					c := cursor{data: data}
					if c.run(); c.pos != i {
						t.Fatalf("in %q a run is %d bytes long", data, c.pos)
					}
				}
			}
		}
	}
}

// Numbers are those of RFC 8259: every text of up to five of their characters is
// one for the cursor if and only if it is one for jsontext.
func TestNumber(t *testing.T) {
	numbers := 0
	var try func(text []byte, more int)
	try = func(text []byte, more int) {
		c := cursor{data: text}
		got := c.number() && c.pos == len(text)
		if want := len(text) > 0 && jsontext.Value(text).IsValid(); got != want {
			t.Errorf("%q is a number: %v, want %v", text, got, want)
		} else if got {
			numbers++
		}
		if more == 0 {
			return
		}
		for _, b := range []byte("019-+.eE") {
			try(append(bytes.Clone(text), b), more-1)
		}
	}
	try(nil, 5)
	if numbers == 0 {
		t.Error("none was one")
	}
}

func TestWord(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "n": false, "nul": false, "null": true, "nullx": true, "nulL": false, "Null": false, "ull": false, "true": false,
	} {
		c := cursor{data: []byte(text + "null")[:len(text)]}
		got := c.word("null")
		if got != want || got != (c.pos == 4) || !got && c.pos != 0 {
			t.Errorf("%q: %v, at %d", text, got, c.pos)
		}
	}
}
