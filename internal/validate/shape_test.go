package validate

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
)

// What the fast way knows is what the schema says, no more and no less. Where
// this fails, the schema says something new: teach it to newShape and, if it is a
// new keyword, to reading and to shapeOf below.
func TestShapeIsTheSchema(t *testing.T) {
	want := shapeOf(t, "", schemaFile(t))
	got := *newShape()
	bare(&got)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(shape{})); diff != "" {
		t.Errorf("the fast way's shape (-the schema +the shape):\n%s", diff)
	}
}

// schemaFile returns the embedded schema as it is parsed.
func schemaFile(t testing.TB) map[string]any {
	t.Helper()
	var schema map[string]any
	if err := json.Unmarshal(schemaText, &schema); err != nil {
		t.Fatal(err)
	}
	return schema
}

// shapeOf returns the shape that a schema describes, its members in the order of
// their names, and fails where the schema uses words that no shape has.
func shapeOf(t *testing.T, pointer string, schema map[string]any) shape {
	s := shape{name: jsontext.Pointer(pointer).LastToken(), kinds: kindAny}
	for keyword, value := range schema {
		switch text := canonical(t, value); {
		case keyword == "title" || keyword == "description" || pointer == "" && keyword == "$id":
		case pointer == "" && keyword == "$schema" && value == "https://json-schema.org/draft/2020-12/schema":
		case keyword == "type":
			s.kinds &= kindsOf(t, pointer, value)
		case keyword == "minLength" && text == "1":
			s.filled = true
		case keyword == "enum":
			s.kinds &= kindString
			for _, one := range value.([]any) {
				s.oneOf = append(s.oneOf, one.(string))
			}
		case keyword == "properties":
			for name, property := range value.(map[string]any) {
				s.members = append(s.members, shapeOf(t, pointer+"/"+name, property.(map[string]any)))
			}
		case keyword == "required": // below, once the members are there
		default:
			t.Errorf("the fast way does not know the schema's %q: %s at %q", keyword, text, pointer)
		}
	}
	for i := range s.members {
		m := &s.members[i]
		required, _ := schema["required"].([]any)
		m.required = slices.Contains(required, any(m.name))
	}
	if names, _ := schema["required"].([]any); len(names) != countRequired(s.members) {
		t.Errorf("the schema requires members at %q that it does not describe: %v", pointer, names)
	}
	sortMembers(&s)
	return s
}

func countRequired(members []shape) int {
	n := 0
	for i := range members {
		if members[i].required {
			n++
		}
	}
	return n
}

func kindsOf(t *testing.T, pointer string, value any) kinds {
	names, isList := value.([]any)
	if !isList {
		names = []any{value}
	}
	var set kinds
	for _, name := range names {
		k, known := map[any]kinds{
			"null": kindNull, "boolean": kindBoolean, "number": kindNumber,
			"string": kindString, "array": kindArray, "object": kindObject,
		}[name]
		if !known {
			t.Errorf("the fast way does not know the schema's type %v at %q", name, pointer)
		}
		set |= k
	}
	return set
}

func canonical(t testing.TB, value any) string {
	text, err := json.Marshal(value, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// bare takes from a shape what the schema does not say.
func bare(s *shape) {
	s.field, s.secret, s.needs = fieldNone, false, 0
	var said []shape
	for _, m := range s.members {
		bare(&m)
		if !cmp.Equal(m, shape{name: m.name, kinds: kindAny}, cmp.AllowUnexported(shape{})) {
			said = append(said, m)
		}
	}
	s.members = said
	sortMembers(s)
}

func sortMembers(s *shape) {
	slices.SortFunc(s.members, func(a, b shape) int { return strings.Compare(a.name, b.name) })
}

// The secrets of the shape are those that a content leaves out.
func TestShapeHasTheSecrets(t *testing.T) {
	var got []jsontext.Pointer
	var walk func(at jsontext.Pointer, s *shape)
	walk = func(at jsontext.Pointer, s *shape) {
		if s.secret {
			got = append(got, at)
		}
		for i := range s.members {
			walk(at.AppendToken(s.members[i].name), &s.members[i])
		}
	}
	walk("", newShape())
	want := session.Secrets()
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("secrets (-session +shape):\n%s", diff)
	}
}

// Every string that the later checks look at is one member's, and no object has
// more members than fit into a set.
func TestShapeFields(t *testing.T) {
	seen := map[field]int{}
	var walk func(s *shape)
	walk = func(s *shape) {
		seen[s.field]++
		if len(s.members) > 32 {
			t.Errorf("%q has %d members", s.name, len(s.members))
		}
		if s.field != fieldNone && s.kinds&^(kindString|kindNull) != 0 {
			t.Errorf("%q is looked at as a string and may be another thing", s.name)
		}
		for i := range s.members {
			walk(&s.members[i])
		}
	}
	walk(newShape())
	for f := fieldNone + 1; f < fields; f++ {
		if seen[f] != 1 {
			t.Errorf("%d members are field %d", seen[f], f)
		}
	}
}

// A string that may not be empty is not, whatever the later checks make of it.
func TestShapeAllowsText(t *testing.T) {
	for text, want := range map[string]struct{ free, filled, oneOf bool }{
		"":   {true, false, false},
		"a":  {true, true, true},
		"b":  {true, true, true},
		"A":  {true, true, false},
		"ab": {true, true, false},
	} {
		said := []byte(text)
		free := (&shape{}).allowsText(said)
		filled := (&shape{filled: true}).allowsText(said)
		oneOf := (&shape{oneOf: []string{"a", "b"}}).allowsText(said)
		if free != want.free || filled != want.filled || oneOf != want.oneOf {
			t.Errorf("%q: %v, %v, %v; want %v", text, free, filled, oneOf, want)
		}
	}
}

// Whatever kind of value stands anywhere in the schema, in a file that is plain
// otherwise, the fast way accepts it if and only if the authority does.
func TestFastWayOnEveryMember(t *testing.T) {
	v := newValidator(t)
	accepted := 0
	for _, pointer := range pointers("", schemaFile(t)) {
		for kind, value := range samples {
			for _, status := range []string{`"accepted"`, `"pending"`} {
				data := with(t, map[string]string{"/status": status, pointer: value})
				fast, slow := agree(t, v, sampleKey, data)
				if fast != slow {
					t.Errorf("%s is %s, status %s: the fast way accepts it is %v, the authority does is %v", pointer, kind, status, fast, slow)
				}
				if fast {
					accepted++
				}
			}
		}
	}
	if accepted == 0 {
		t.Error("none was accepted")
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
