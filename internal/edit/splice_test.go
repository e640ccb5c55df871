package edit

import (
	"bytes"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
)

// One member's bytes are replaced, and all else stays, however the file is spelt.
func TestSplice(t *testing.T) {
	status, email := Set{Status: new("accepted")}, Set{Email: new("new@example.com")}
	both := Set{Status: status.Status, Email: email.Email}
	for name, c := range map[string]struct {
		data string
		set  Set
		want string
	}{
		"compact":               {`{"a":1,"status":"pending","b":2}`, status, `{"a":1,"status":"accepted","b":2}`},
		"white space":           {"{ \"status\"\t:\r\"pending\" , \"b\" : 2 }\r\n", status, "{ \"status\"\t:\r\"accepted\" , \"b\" : 2 }\r\n"},
		"mark and CR":           {"\xef\xbb\xbf{\r\t\"status\" : \"pending\"\r}\r", status, "\xef\xbb\xbf{\r\t\"status\" : \"accepted\"\r}\r"},
		"escapes in the name":   {`{"\u0073tatus":"pending"}`, status, `{"\u0073tatus":"accepted"}`},
		"escapes in the value":  {`{"status":"\u0070ending"}`, status, `{"status":"accepted"}`},
		"says so already":       {`{"status":"\u0061ccepted"}`, status, `{"status":"\u0061ccepted"}`},
		"numbers":               {`{"v":1.50e+003,"w":-0,"status":"pending"}`, status, `{"v":1.50e+003,"w":-0,"status":"accepted"}`},
		"below":                 {`{"userInfo":{"status":"pending"},"status":"pending","x":[{"status":"pending"}]}`, status, `{"userInfo":{"status":"pending"},"status":"accepted","x":[{"status":"pending"}]}`},
		"in a text":             {`{"a":"\"status\":\"pending\"","status":"pending"}`, status, `{"a":"\"status\":\"pending\"","status":"accepted"}`},
		"email":                 {`{"email":"old@example.com","status":"pending"}`, email, `{"email":"new@example.com","status":"pending"}`},
		"email is null":         {`{"status":"pending","email": null }`, email, `{"status":"pending","email": "new@example.com" }`},
		"no email, compact":     {`{"status":"pending","b":2}`, email, `{"status":"pending","email":"new@example.com","b":2}`},
		"no email, last":        {`{"b":2,"status":"pending"}`, email, `{"b":2,"status":"pending","email":"new@example.com"}`},
		"no email, pretty":      {"{\n\t\"b\" : 2 ,\n\t\"status\" : \"pending\"\n}", email, "{\n\t\"b\" : 2 ,\n\t\"status\" : \"pending\",\n\t\"email\" : \"new@example.com\"\n}"},
		"no email, first, CRLF": {"{\r\n  \"status\": \"pending\",\r\n  \"b\": 2\r\n}", email, "{\r\n  \"status\": \"pending\",\r\n  \"email\": \"new@example.com\",\r\n  \"b\": 2\r\n}"},
		"no email anywhere":     {`{"userInfo":{"email":"x"},"status":"pending"}`, email, `{"userInfo":{"email":"x"},"status":"pending","email":"new@example.com"}`},
		"both":                  {`{"email":"a","status":"pending"}`, both, `{"email":"new@example.com","status":"accepted"}`},
		"both, the other order": {`{"status":"pending","email":"a"}`, both, `{"status":"accepted","email":"new@example.com"}`},
		"both, no email":        {`{"status" :"pending"}`, both, `{"status" :"accepted","email" :"new@example.com"}`},
		"clear":                 {`{"status":"pending","email":"a"}`, Set{Email: new("")}, `{"status":"pending","email":""}`},
		"clear null":            {`{"status":"pending","email":null}`, Set{Email: new("")}, `{"status":"pending","email":null}`},
		"clear nothing":         {`{"status":"pending"}`, Set{Email: new("")}, `{"status":"pending"}`},
		"to be escaped":         {`{"status":"pending"}`, Set{Email: new(`"é\`)}, `{"status":"pending","email":"\"é\\"}`},
		"nothing":               {`{"status":"pending"}`, Set{}, `{"status":"pending"}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := splice([]byte(c.data), c.set)
			must(t, err)
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever a file looks like: it says what was set, everything else says what it said,
// and the bytes differ in one place for each member only.
func TestSpliceProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := drawDocument(t)
		set := drawSet(t)
		got, err := splice([]byte(data), set)
		if err != nil {
			t.Fatalf("cannot splice %q: %v", data, err)
		}
		checkSpliced(t, []byte(data), got, set)
		again, err := splice(got, set)
		if err != nil || !bytes.Equal(again, got) {
			t.Errorf("a second time makes\n%q of\n%q (%v)", again, got, err)
		}
	})
}

// drawDocument draws a file with a status, an e-mail address or none, and anything
// besides, in any order and with any white space.
func drawDocument(t *rapid.T) string {
	others := sessiontest.DrawFile(t)
	var fields map[string]jsontext.Value
	if err := json.Unmarshal([]byte(others), &fields); err != nil {
		fields = map[string]jsontext.Value{} // a name twice: a file without others
	}
	delete(fields, "status")
	delete(fields, "email")
	space := rapid.StringMatching("[ \t\r\n]{0,3}")
	member := func(name, value string) string {
		return space.Draw(t, "space") + name + space.Draw(t, "space") + ":" + space.Draw(t, "space") + value + space.Draw(t, "space")
	}
	members := []string{member(
		rapid.SampledFrom([]string{`"status"`, `"\u0073tatus"`, `"statu\u0073"`}).Draw(t, "status's name"),
		rapid.SampledFrom([]string{`"pending"`, `"accepted"`, `"p\u0065nding"`}).Draw(t, "status"))}
	if rapid.Bool().Draw(t, "has an address") {
		members = append(members, member(
			rapid.SampledFrom([]string{`"email"`, `"\u0065mail"`}).Draw(t, "email's name"),
			rapid.SampledFrom([]string{`null`, `""`, `"a@b.c"`, `"\u0061@b.c"`, `"\"{,"`}).Draw(t, "email")))
	}
	for name, value := range fields {
		quoted, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, member(string(quoted), string(value)))
	}
	return rapid.SampledFrom([]string{"", "\xef\xbb\xbf"}).Draw(t, "mark") + space.Draw(t, "before") + "{" +
		strings.Join(rapid.Permutation(members).Draw(t, "order"), ",") + "}" + space.Draw(t, "after")
}

func drawSet(t *rapid.T) Set {
	var set Set
	if rapid.Bool().Draw(t, "sets the status") {
		set.Status = new(rapid.SampledFrom([]string{session.StatusAccepted, session.StatusPending}).Draw(t, "to"))
	}
	if rapid.Bool().Draw(t, "sets the address") {
		set.Email = new(rapid.SampledFrom([]string{"", "a@b.c", `"{,é\`, "\u2028"}).Draw(t, "to"))
	}
	return set
}

type failer interface {
	Helper()
	Errorf(format string, values ...any)
	Fatalf(format string, values ...any)
}

func checkSpliced(t failer, data, got []byte, set Set) {
	t.Helper()
	before, after := parse(t, data), parse(t, got)
	for name, value := range before {
		now, there := after[name]
		if name != "status" && name != "email" && (!there || !bytes.Equal(value, now)) {
			t.Errorf("%q was %q and is %q", name, value, now)
		}
	}
	want := len(before)
	if before["email"] == nil && after["email"] != nil {
		want++
	}
	if len(after) != want {
		t.Errorf("there are %d members, not %d", len(after), want)
	}
	for name, to := range map[string]*string{"status": set.Status, "email": set.Email} {
		text := func(members map[string]jsontext.Value) string {
			var is string
			if value := members[name]; value != nil {
				if err := json.Unmarshal(value, &is); err != nil {
					t.Fatalf("%s is %q: %v", name, value, err)
				}
			}
			return is
		}
		if to == nil && !bytes.Equal(before[name], after[name]) || to != nil && text(after) != *to {
			t.Errorf("%s was %q and is %q", name, before[name], after[name])
		}
		if to != nil && text(before) == *to && !bytes.Equal(before[name], after[name]) {
			t.Errorf("%s said so already and was spelt in another way: %q, %q", name, before[name], after[name])
		}
	}
	// Without the two values and an added member, both are the same bytes.
	if a, b := without(t, data, before["email"] == nil), without(t, got, before["email"] == nil); !bytes.Equal(a, b) {
		t.Errorf("other bytes changed:\n%q\n%q", a, b)
	}
}

func parse(t failer, data []byte) map[string]jsontext.Value {
	t.Helper()
	var fields map[string]jsontext.Value
	if err := json.Unmarshal(session.TrimBOM(data), &fields); err != nil {
		t.Fatalf("%q is no object: %v", data, err)
	}
	return fields
}

// without cuts the values of status and email out of a file, by looking for them with
// another reader; and the whole member where the address was added.
func without(t failer, data []byte, added bool) []byte {
	t.Helper()
	text := session.TrimBOM(data)
	out := bytes.Clone(data[:len(data)-len(text)])
	dec := jsontext.NewDecoder(bytes.NewReader(text))
	at := int64(0)
	for {
		tok, err := dec.ReadToken()
		if err != nil {
			return append(out, text[at:]...)
		}
		name := tok.String()
		if dec.StackDepth() != 1 || name != "status" && name != "email" {
			continue
		}
		if _, n := dec.StackIndex(1); n%2 != 1 { // it is no name
			continue
		}
		value, err := dec.ReadValue()
		if err != nil {
			t.Fatalf("%v", err)
		}
		if name == "email" && added {
			// Its begin is the end of the status, where at stands.
			at = dec.InputOffset()
			continue
		}
		from := dec.InputOffset() - int64(len(value))
		out = append(out, text[at:from]...)
		at = dec.InputOffset()
	}
}

// Whatever bytes a file has that can be spliced: what comes out is the file, but for
// what was set.
func FuzzSplice(f *testing.F) {
	f.Add([]byte(pending), "accepted", "x@example.com", true)
	f.Add([]byte("\xef\xbb\xbf{\r\"\\u0073tatus\" : \"pending\"\r}"), "pending", "", false)
	f.Add([]byte(`{"a":{"status":1},"status":"pending","email":null}`), "accepted", `"`, true)
	f.Fuzz(func(t *testing.T, data []byte, status, email string, setEmail bool) {
		set := Set{Status: &status}
		if setEmail {
			set.Email = &email
		}
		if set.Check() != nil {
			return
		}
		fields := map[string]jsontext.Value{}
		if json.Unmarshal(session.TrimBOM(data), &fields) != nil {
			if _, err := splice(data, set); err == nil {
				t.Errorf("%q is no object, and was spliced", data)
			}
			return
		}
		for _, name := range []string{"status", "email"} {
			if value, there := fields[name]; there && value.Kind() != '"' && (name == "status" || value.Kind() != 'n') {
				return
			}
		}
		got, err := splice(data, set)
		if _, there := fields["status"]; !there {
			if err == nil {
				t.Errorf("%q has no status, and was spliced", data)
			}
			return
		}
		if err != nil {
			t.Fatalf("cannot splice %q: %v", data, err)
		}
		checkSpliced(t, data, got, set)
	})
}
