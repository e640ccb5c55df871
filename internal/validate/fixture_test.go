package validate

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sessiond/internal/session"
)

// The ids and the token of the contract's example (refresh contract, section 2).
const (
	sampleTeam  = "UTT7VDX8W5"
	sampleApp   = "com.contactApp.Contact"
	sampleID    = "7023d9205074199d1c16fc00d24354e778137675"
	sampleToken = "eyJhcHBOYW1lSUQiOiJjb20uY29udGFjdEFwcC5Db250YWN0IiwiaWQiOiI3MDIzZDkyMDUwNzQxOTlkMWMxNmZjMDBkMjQzNTRlNzc4MTM3Njc1IiwidGVhbUlEIjoiVVRUN1ZEWDhXNSJ9"
)

var sampleKey = session.Key{App: sampleTeam + "." + sampleApp, ID: sampleID}

// sampleFile is a compliant file with every member that the schema knows.
const sampleFile = `{
	"application": {"id": "com.contactApp.Contact", "name": "Contact", "version": "1.0.2"},
	"team": {"id": "UTT7VDX8W5"},
	"device": {
		"id": "2D7A8F0C-51B3-4E69-9C84-F6A07B13D5E2", "description": "iPhone 12 mini",
		"os": "iOS", "version": "15.4", "simulator": true, "jb": false, "token": "push"
	},
	"email": "ada@example.com",
	"language": {"id": "en_GB", "code": "en", "region": "GB"},
	"parameters": {"warehouse": 3},
	"userInfo": {"name": "Ada"},
	"session": {"id": "7023d9205074199d1c16fc00d24354e778137675", "ip": "192.0.2.17"},
	"send": "link",
	"status": "accepted",
	"token": "` + sampleToken + `"
}`

// compactFile is an accepted session of 600 bytes, as the generator of the
// benchmarks writes them.
var compactFile = []byte(`{"application":{"id":"com.contactApp.Contact","name":"Contact","version":"1.0.0"},"team":{"id":"UTT7VDX8W5"},` +
	`"language":{"id":"en_US","region":"US","code":"en"},"email":"barbara.000017.000@example.com",` +
	`"device":{"os":"iOS","version":"17.4.1","id":"2D7A8F0C-51B3-4E69-9C84-F6A07B13D5E2","description":"iPhone 15 Pro",` +
	`"simulator":false,"token":"` + strings.Repeat("0", 48) + `f1e2d3c4b5a69788"},"parameters":{},"userInfo":{},` +
	`"session":{"id":"` + sampleID + `","ip":"203.0.113.77"},"send":"link","token":"` + sampleToken + `","status":"accepted"}`)

// tabbed returns a file as 4D lays it out before 19 R2: with tabs, and CR at the
// ends of its lines.
func tabbed(t testing.TB, data []byte) []byte {
	t.Helper()
	return bytes.ReplaceAll(indented(t, data), []byte("\n"), []byte("\r"))
}

func newValidator(t testing.TB) *Validator {
	t.Helper()
	v, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// with returns the sample file with the members at the pointers replaced by
// JSON texts, or removed where the text is empty.
func with(t testing.TB, edits map[string]string) []byte {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal([]byte(sampleFile), &root); err != nil {
		t.Fatal(err)
	}
	for pointer, text := range edits {
		parent, p := root, jsontext.Pointer(pointer)
		if up := p.Parent(); up != "" {
			parent = root[up.LastToken()].(map[string]any)
		}
		if text == "" {
			delete(parent, p.LastToken())
			continue
		}
		parent[p.LastToken()] = jsontext.Value(text)
	}
	data, err := json.Marshal(root, json.Deterministic(true), jsontext.PreserveRawStrings(true))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// quoted returns a text as a JSON string.
func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // the tests' own texts are UTF-8
	}
	return string(text)
}

// tokenOf returns the token that 4D makes for three ids.
func tokenOf(app, id, team string) string {
	return base64.StdEncoding.EncodeToString([]byte(
		`{"appNameID":` + quoted(app) + `,"id":` + quoted(id) + `,"teamID":` + quoted(team) + `}`))
}

// wantProblem judges data and fails unless it is rejected with that code and
// detail.
func wantProblem(t *testing.T, v *Validator, key session.Key, data []byte, code session.Code, detail string) {
	t.Helper()
	s, p := v.Judge(key, data)
	if s != nil || p == nil {
		t.Fatalf("accepted, want mobi %d: %s", code, detail)
	}
	if p.ErrCode != int(code) || p.Detail != detail {
		t.Errorf("got  mobi %d: %s\nwant mobi %d: %s", p.ErrCode, p.Detail, code, detail)
	}
	if p.ComponentSignature != session.ComponentMobi || p.Message != code.Message() || p.Session != key {
		t.Errorf("problem is not that of the key and the code: %+v", p)
	}
}

// wantSession judges data and fails unless it is accepted.
func wantSession(t *testing.T, v *Validator, key session.Key, data []byte) *session.Session {
	t.Helper()
	s, p := v.Judge(key, data)
	if p != nil {
		t.Fatalf("rejected: %s", p)
	}
	if s == nil {
		t.Fatal("neither a session nor a problem")
	}
	return s
}

// leaks reports whether a text shows a part of a secret that is long enough to
// be more than chance.
func leaks(text, secret string) bool {
	const part = 6
	for i := 0; i+part <= len(secret); i++ {
		if strings.Contains(text, secret[i:i+part]) {
			return true
		}
	}
	return false
}
