package validate

import (
	"slices"
	"testing"

	"github.com/go-json-experiment/json"
)

// schemaFile returns the embedded schema as it is parsed.
func schemaFile(t testing.TB) map[string]any {
	t.Helper()
	var schema map[string]any
	if err := json.Unmarshal(schemaText, &schema); err != nil {
		t.Fatal(err)
	}
	return schema
}

// The schema says nothing that the reader does not know, and the tests here do
// not try. Where this fails, teach it to members.go and to [deriver].
func TestSchemaKeywords(t *testing.T) {
	var walk func(pointer string, schema map[string]any)
	walk = func(pointer string, schema map[string]any) {
		properties, _ := schema["properties"].(map[string]any)
		for keyword, value := range schema {
			known := false
			switch keyword {
			case "title", "description", "type", "properties":
				known = true
			case "$id", "$schema":
				known = pointer == ""
			case "minLength":
				known = value == 1.0
			case "enum":
				known = pointer == "/status"
			case "required":
				known = true
				for _, name := range value.([]any) {
					known = known && properties[name.(string)] != nil
				}
			}
			if !known {
				t.Errorf("the reader does not know %q: %v at %q", keyword, value, pointer)
			}
		}
		for name, property := range properties {
			walk(pointer+"/"+name, property.(map[string]any))
		}
	}
	walk("", schemaFile(t))
}

// Whatever kind of value stands anywhere in the schema, the reader accepts the
// file if and only if the full validator does.
func TestReaderOnEveryMember(t *testing.T) {
	v := newValidator(t)
	accepted, rejected := 0, 0
	for _, pointer := range pointers("", schemaFile(t)) {
		for _, value := range samples {
			for _, status := range []string{`"accepted"`, `"pending"`} {
				if agree(t, v, sampleKey, with(t, map[string]string{"/status": status, pointer: value})) {
					accepted++
				} else {
					rejected++
				}
			}
		}
	}
	if accepted == 0 || rejected == 0 {
		t.Errorf("%d were accepted, %d rejected", accepted, rejected)
	}
}

// pointers returns every member that a schema describes, and for every object
// one that it does not.
func pointers(at string, schema map[string]any) []string {
	var found []string
	if at != "" {
		found = append(found, at)
	}
	properties, _ := schema["properties"].(map[string]any)
	if properties != nil {
		found = append(found, at+"/x")
	}
	for name, property := range properties {
		found = append(found, pointers(at+"/"+name, property.(map[string]any))...)
	}
	slices.Sort(found)
	return found
}
