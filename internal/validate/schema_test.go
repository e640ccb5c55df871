package validate

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"sessiond/internal/session"
)

// samples are JSON values of every type; an empty text stands for no value.
var samples = map[string]string{
	"absent": "", "null": "null", "boolean": "true", "number": "1.5", "string": `"x"`, "empty string": `""`,
	"array": `["x"]`, "empty array": "[]", "array of numbers": "[1,2]", "object": `{"x":1}`, "empty object": "{}",
}

// Every member that the schema constrains, with the kinds of values it may have
// (refresh contract, section 2).
func TestSchemaConstraints(t *testing.T) {
	var (
		textOrNull   = []string{"absent", "null", "string", "empty string"}
		version      = []string{"absent", "null", "number", "string", "empty string"}
		objectOrNull = []string{"absent", "null", "object", "empty object"}
		anything     = []string{"absent", "null", "boolean", "number", "string", "empty string", "array", "empty array", "array of numbers", "object", "empty object"}
	)
	tests := []struct {
		pointer string
		allowed []string
		words   string // of a wrong type, before the type
	}{
		{"/application", nil, "expected object"},
		{"/application/id", []string{"string"}, "expected string"},
		{"/application/name", textOrNull, "expected string or null"},
		{"/application/version", version, "expected string or number or null"},
		{"/application/x", anything, ""},
		{"/team", objectOrNull, "expected object or null"},
		{"/team/id", textOrNull, "expected string or null"},
		{"/team/x", anything, ""},
		{"/session", nil, "expected object"},
		{"/session/id", []string{"string"}, "expected string"},
		{"/session/ip", textOrNull, "expected string or null"},
		{"/session/x", anything, ""},
		{"/status", nil, `value must be one of "accepted", "pending"`},
		{"/token", []string{"absent", "string"}, "expected string"},
		{"/email", textOrNull, "expected string or null"},
		{"/device", objectOrNull, "expected object or null"},
		{"/device/id", textOrNull, "expected string or null"},
		{"/device/description", textOrNull, "expected string or null"},
		{"/device/os", textOrNull, "expected string or null"},
		{"/device/version", version, "expected string or number or null"},
		{"/device/simulator", []string{"absent", "null", "boolean"}, "expected boolean or null"},
		{"/device/jb", anything, ""},
		{"/device/token", anything, ""},
		{"/language", objectOrNull, "expected object or null"},
		{"/language/id", anything, ""},
		{"/parameters", objectOrNull, "expected object or null"},
		{"/parameters/x", anything, ""},
		{"/userInfo", objectOrNull, "expected object or null"},
		{"/userInfo/x", anything, ""},
		{"/send", anything, ""},
		{"/x", anything, ""},
	}
	v := newValidator(t)
	for _, tt := range tests {
		for kind, value := range samples {
			t.Run(tt.pointer+" "+kind, func(t *testing.T) {
				_, p := v.Judge(sampleKey, with(t, map[string]string{tt.pointer: value}))
				allowed := false
				for _, a := range tt.allowed {
					allowed = allowed || a == kind
				}
				accepted := p == nil || p.ErrCode != int(session.CodeSchema)
				if accepted != allowed {
					t.Fatalf("accepted is %v: %v", accepted, p)
				}
				if !accepted && !strings.HasPrefix(p.Detail, wantDetail(tt.pointer, kind, tt.words)) {
					t.Errorf("detail is %q", p.Detail)
				}
			})
		}
	}
}

// wantDetail returns how the detail begins for a kind of value that a member
// must not have.
func wantDetail(pointer, kind, words string) string {
	switch {
	case kind == "absent":
		return pointer + ": is missing"
	case kind == "empty string" && words == "expected string":
		return pointer + ": length must be >= 1, but got 0"
	case kind == "empty object" && words == "expected object":
		return pointer + "/id: is missing"
	case kind == "object" && words == "expected object":
		return pointer + "/id: is missing"
	}
	return pointer + ": " + words
}

func TestSchemaDetails(t *testing.T) {
	tests := []struct {
		name  string
		edits map[string]string
		want  string // empty: accepted
	}{
		{"accepted without token", map[string]string{"/token": ""}, ""},
		{"accepted with empty token", map[string]string{"/token": `""`}, "/token: length must be >= 1, but got 0"},
		{"accepted with null token", map[string]string{"/token": "null"}, "/token: expected string, but got null"},
		{"pending without token", map[string]string{"/token": "", "/status": `"pending"`}, ""},
		{"pending with token", map[string]string{"/status": `"pending"`}, ""},
		{"pending with empty token", map[string]string{"/status": `"pending"`, "/token": `""`}, "/token: length must be >= 1, but got 0"},
		{"pending with null token", map[string]string{"/status": `"pending"`, "/token": "null"}, "/token: expected string, but got null"},
		{"neither status nor token", map[string]string{"/status": "", "/token": ""}, "/status: is missing"},
		{"wrong status, no token", map[string]string{"/status": `"Pending"`, "/token": ""}, `/status: value must be one of "accepted", "pending"`},
		{"status in capitals", map[string]string{"/status": `"ACCEPTED"`}, `/status: value must be one of "accepted", "pending"`},
		{"status with a blank", map[string]string{"/status": `"accepted "`}, `/status: value must be one of "accepted", "pending"`},
		{
			"everything wrong",
			map[string]string{
				"/application/id": "1", "/application/name": "[]", "/application/version": "{}", "/team": "1",
				"/device/simulator": `"yes"`, "/device/os": "3", "/session/id": `""`, "/session/ip": "4",
				"/status": "true", "/token": "5", "/email": "[]", "/language": `"en"`, "/parameters": "[]", "/userInfo": "0",
			},
			"/application/id: expected string, but got number; " +
				"/application/name: expected string or null, but got array; " +
				"/application/version: expected string or number or null, but got object; " +
				"/device/os: expected string or null, but got number; " +
				"/device/simulator: expected boolean or null, but got string; " +
				"/email: expected string or null, but got array; " +
				"/language: expected object or null, but got string; " +
				"/parameters: expected object or null, but got array; " +
				"/session/id: length must be >= 1, but got 0; " +
				"/session/ip: expected string or null, but got number; " +
				`/status: value must be one of "accepted", "pending"; ` +
				"/team: expected object or null, but got number; " +
				"/token: expected string, but got number; " +
				"/userInfo: expected object or null, but got number",
		},
	}
	v := newValidator(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := with(t, tt.edits)
			if tt.want == "" {
				wantSession(t, v, sampleKey, data)
				return
			}
			wantProblem(t, v, sampleKey, data, session.CodeSchema, tt.want)
		})
	}
}

func TestSchemaWholeDocument(t *testing.T) {
	v := newValidator(t)
	for text, want := range map[string]string{
		"{}":     "/application: is missing; /session: is missing; /status: is missing",
		"[]":     "expected object, but got array",
		"null":   "expected object, but got null",
		"false":  "expected object, but got boolean",
		"0":      "expected object, but got number",
		`"text"`: "expected object, but got string",
	} {
		t.Run(text, func(t *testing.T) {
			wantProblem(t, v, sampleKey, []byte(text), session.CodeSchema, want)
		})
	}
}

// Values never come into a detail: they may be secrets.
func TestSchemaDetailKeepsValues(t *testing.T) {
	v := newValidator(t)
	secret := "c2VjcmV0c2VjcmV0"
	for kind, value := range map[string]string{
		"string": quoted(secret), "array": "[" + quoted(secret) + "]", "object": `{"` + secret + `":"` + secret + `"}`,
	} {
		for _, pointer := range []string{
			"/application", "/application/id", "/application/version", "/team", "/session", "/session/id",
			"/token", "/email", "/device", "/device/simulator", "/language", "/parameters", "/userInfo",
		} {
			_, p := v.Judge(sampleKey, with(t, map[string]string{"/send": value, pointer: value, "/status": "1"}))
			if p == nil || p.ErrCode != int(session.CodeSchema) || leaks(p.Detail, secret) {
				t.Errorf("%s %s: %v", kind, pointer, p)
			}
		}
	}
}

// The embedded file says what it is and explains each member.
func TestSchemaFile(t *testing.T) {
	var file struct {
		Schema      string `json:"$schema"`
		ID          string `json:"$id"`
		Title       string
		Description string
	}
	if err := json.Unmarshal(Schema(), &file, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	if file.Schema != "https://json-schema.org/draft/2020-12/schema" || file.ID != schemaName || file.Title == "" || file.Description == "" {
		t.Errorf("the schema does not say what it is: %+v", file)
	}
	s, err := compile(Schema())
	if err != nil {
		t.Fatal(err)
	}
	if s.compiled.Draft != jsonschema.Draft2020 {
		t.Errorf("the schema was compiled as draft %s", s.compiled.Draft)
	}
	var document any
	if err := json.Unmarshal(Schema(), &document); err != nil {
		t.Fatal(err)
	}
	var undescribed func(path string, schema map[string]any)
	undescribed = func(path string, schema map[string]any) {
		properties, _ := schema["properties"].(map[string]any)
		for name, value := range properties {
			member := value.(map[string]any)
			if member["title"] == nil && member["description"] == nil {
				t.Errorf("%s/%s has no title and no description", path, name)
			}
			undescribed(path+"/"+name, member)
		}
	}
	undescribed("", document.(map[string]any))
}

// However a schema nests its rules, each violation is named once, by the value
// it is about.
func TestSchemaNestedRules(t *testing.T) {
	s, err := compile([]byte(`{
		"$ref": "#/$defs/both",
		"anyOf": [{"required": ["a"]}, {"required": ["b", "c"]}],
		"$defs": {"both": {"allOf": [{"required": ["a"]}, {"properties": {"d": {"required": ["e"]}}}]}}
	}`))
	if err != nil {
		t.Fatal(err)
	}
	const want = "/a: is missing; /b: is missing; /c: is missing; /d/e: is missing"
	if got := s.check(map[string]any{"d": map[string]any{}}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// What the caller does with its copy changes nobody else's.
func TestSchemaIsACopy(t *testing.T) {
	want := bytes.Clone(schemaText)
	clear(Schema())
	if !bytes.Equal(Schema(), want) {
		t.Error("Schema hands out the embedded bytes themselves")
	}
}

// A schema that cannot be used is an error, and nothing is loaded from
// anywhere, not even a schema that is there.
func TestCompileRefuses(t *testing.T) {
	there := filepath.Join(t.TempDir(), "schema.json")
	if err := os.WriteFile(there, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := "file:///" + strings.TrimPrefix(filepath.ToSlash(there), "/")
	for name, text := range map[string]string{
		"not JSON":            `{`,
		"not a schema":        `{"type": 3}`,
		"unknown draft":       `{"$schema": "https://example.com/draft"}`,
		"reference to a URL":  `{"$ref": "https://example.com/schema.json"}`,
		"reference to a file": `{"$ref": ` + quoted(file) + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := compile([]byte(text)); err == nil {
				t.Error("compiled")
			}
		})
	}
}
