package validate

import (
	stdjson "encoding/json"
	"testing"

	"sessiond/internal/session"
)

// What is well-formed is what RFC 8259 says, and encoding/json, which was written by
// others; but for what the contract is stricter about, the depth, and the
// byte-order mark that may begin a file.
func TestJSON(t *testing.T) {
	v := newValidator(t)
	documents := 0
	try := func(text, why string, byTheStandardLibrary, byTheContract bool) {
		t.Helper()
		documents++
		if got := stdjson.Valid([]byte(text)); got != byTheStandardLibrary {
			t.Errorf("%s: %.60q is valid for encoding/json: %v", why, text, got)
		}
		_, p := v.Judge(sampleKey, []byte(text))
		if p == nil {
			t.Fatalf("%s: %.60q is a session", why, text)
		}
		if got := p.ErrCode != int(session.CodeSyntax); got != byTheContract {
			t.Errorf("%s: %.60q is well-formed: %v", why, text, got)
		}
	}
	// As a part of a session file it is the reader who says so.
	inside := func(text, why string, wellFormed bool) {
		t.Helper()
		for _, file := range []string{
			`{"application":{"id":"a.b"},"session":{"id":"x"},"status":"pending","x":` + text + `}`,
			`{"x":[` + text + `],"application":{"id":"a.b"},"session":{"id":"x"},"status":"pending"}`,
			`{"device":{"token":` + text + `},"application":{"id":"a.b"},"session":{"id":"x"},"status":"pending"}`,
		} {
			if got := agree(t, v, session.Key{App: "a.b", ID: "x"}, []byte(file)); got != wellFormed && why != "malformed" {
				t.Errorf("%s: %.200q is accepted: %v", why, file, got)
			}
		}
	}
	for _, text := range wellFormed() {
		try(text, "well-formed", true, true)
		try("\ufeff"+text, "byte-order mark", false, true)
		try("\ufeff\ufeff"+text, "two marks", false, false)
		try(text+"\ufeff", "mark at the end", false, false)
		inside(text, "well-formed", true)
	}
	for _, text := range malformed() {
		try(text, "malformed", false, false)
		inside(text, "malformed", false) // what is no document may be a part of one, as "0,1" is
	}
	for why, texts := range stricter() {
		for _, text := range texts {
			try(text, why, true, false)
			inside(text, why, false)
		}
	}
	for _, text := range tooDeep() {
		try(text, "too deep", false, false)
	}
	for _, text := range asDeep() {
		try(text, "as deep as can be", true, true)
	}
	seen := map[string]bool{}
	for _, text := range append(wellFormed(), malformed()...) {
		if seen[text] {
			t.Errorf("%.60q is there twice", text)
		}
		seen[text] = true
	}
	if len(seen) < 300 {
		t.Errorf("there are %d documents", len(seen))
	}
	t.Logf("%d documents, %d verdicts", len(seen), documents)
}
