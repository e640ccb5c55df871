package validate

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"sessiond/internal/session"
)

// deriver writes files as the schema describes them, in any spelling, with up to
// so many things that are odd on purpose, most of them wrong, one in each so many
// turns.
type deriver struct {
	*rapid.T
	oddMost         int // 0: the file is compliant
	oddEvery        int
	oddAt           string // what may be odd; empty: anything
	odd             int    // how many things are
	escapes         bool   // strings are spelt with escapes that they do not need
	team, app, id   string
	spaces          []string
	depth, unknowns int
}

// derived draws a file from the schema and the key that it belongs to. It is
// compliant if nothing about it is odd.
func derived(t *rapid.T, schema map[string]any) (key session.Key, data []byte, compliant bool) {
	d := &deriver{
		T:        t,
		oddMost:  rapid.IntRange(0, 3).Draw(t, "odd at most"),
		oddEvery: rapid.SampledFrom([]int{2, 10, 50}).Draw(t, "odd every"),
		oddAt: rapid.SampledFrom([]string{
			"", "", "key", "file", "space", "type", "number", "enum", "string", "array", "left out", "name", "member", "braces",
		}).Draw(t, "odd at"),
		escapes: rapid.Bool().Draw(t, "escapes"),
		team:    rapid.SampledFrom([]string{"", "T1", "é"}).Draw(t, "team"),
		app:     rapid.SampledFrom([]string{"a.b", "com.example.Contacts", "com.é\u2028.x"}).Draw(t, "app"),
		id:      rapid.SampledFrom([]string{"x", sampleID, "email"}).Draw(t, "id"),
		spaces: rapid.SampledFrom([][]string{
			{""}, {"", " "}, {"\r\t", "\r"}, {"\n", "\t", " ", ""}, {"\r\n", " \t "},
		}).Draw(t, "spaces"),
	}
	key = session.Key{App: strings.TrimPrefix(d.team+"."+d.app, "."), ID: d.id}
	if d.isOdd("key") {
		key = session.Key{App: d.choose("T1.a.b", "T1a.b", "a.b", "..", "T1/a.b", "T1"), ID: d.choose("x", "X", "x.y", "", "x/y")}
	}
	text := d.choose("", "", "\ufeff") + d.space() + d.value("", schema) + d.space()
	if d.isOdd("file") {
		text = d.choose(text+"x", text+"{}", text+"\x00", "\ufeff"+text, text+"\v", text[:len(text)/2], "["+text+"]", text+text)
	}
	return key, []byte(text), d.odd == 0
}

// isOdd is true where what comes next shall be wrong or odd.
func (d *deriver) isOdd(what string) bool {
	if d.odd == d.oddMost || d.oddAt != "" && d.oddAt != what || rapid.IntRange(1, d.oddEvery).Draw(d.T, "odd") > 1 {
		return false
	}
	d.odd++
	return true
}

func (d *deriver) choose(of ...string) string { return rapid.SampledFrom(of).Draw(d.T, "choice") }

func (d *deriver) often() bool { return rapid.IntRange(0, 5).Draw(d.T, "often") > 0 }

func (d *deriver) space() string {
	if d.isOdd("space") {
		return d.choose("\v", "\f", "\u00a0", "\ufeff", "\x00", "/**/", "//\n", ",")
	}
	return d.choose(d.spaces...)
}

// value writes a value that a schema allows, or just any.
func (d *deriver) value(pointer string, schema map[string]any) string {
	types := []string{"null", "boolean", "number", "string", "array", "object"}
	switch allowed := schema["type"].(type) {
	case string:
		types = []string{allowed}
	case []any:
		types = nil
		for _, one := range allowed {
			types = append(types, one.(string))
		}
	}
	if schema["enum"] != nil {
		types = []string{"string"}
	}
	if d.isOdd("type") {
		types = []string{"null", "boolean", "number", "string", "array", "object", "nothing"}
	}
	if d.depth++; d.depth > 6 {
		types = slices.DeleteFunc(slices.Clone(types), func(one string) bool { return one == "array" })
	}
	defer func() { d.depth-- }()
	switch d.choose(types...) {
	case "null":
		return "null"
	case "boolean":
		return d.choose("true", "false")
	case "number":
		return d.number()
	case "string":
		return d.string(pointer, schema)
	case "array":
		return d.array(pointer)
	case "object":
		return d.object(pointer, schema)
	}
	return d.choose("", "nul", "True", "NaN", "Infinity", "undefined", "'x'", "nullnull", "truefalse", "}", "]", strings.Repeat("[", 12_000))
}

func (d *deriver) number() string {
	if d.isOdd("number") {
		return d.choose("01", "-", "+1", ".5", "1.", "1e", "1e+", "--1", "0x1", "00", "-01", "1.e1", "1E", "1_0", "1 0", "- 1", "1e1.5")
	}
	return d.choose("0", "-0", "7", "10.25", "-1.5e-3", "1E+2", "0e0", "1e999999999", "12345678901234567890123")
}

// string writes a string that fits its place, or any.
func (d *deriver) string(pointer string, schema map[string]any) string {
	if enum, _ := schema["enum"].([]any); enum != nil {
		said := enum[rapid.IntRange(0, len(enum)-1).Draw(d.T, "enum")].(string)
		if d.isOdd("enum") {
			said = d.choose("other", "", said+" ", strings.ToUpper(said), said[:len(said)-1], said+said)
		}
		return d.spelt(said)
	}
	if d.isOdd("string") {
		return d.choose(`""`, `"\ud800"`, `"\udc00\ud800"`, `"\ud83d\ude00"`, `"\u00e9"`, `"\u0022"`,
			"\"\xff\"", "\"\xed\xa0\x80\"", "\"\xc0\xaf\"", "\"\n\"", "\"\x00\"", "\"\x1f\"", `"\x"`, `"\'"`, `"\u12"`, `"\u12G4"`, `"\"`, `"`, `"a\`, `"\/\u002f"`,
			`"`+tokenOf("a.b", "x", "T1")+`"`, `"`+sampleToken+`"`, `"x"`)
	}
	switch pointer {
	case "/application/id":
		return d.spelt(d.app)
	case "/session/id":
		return d.spelt(d.id)
	case "/team/id":
		return d.spelt(d.team)
	case "/token":
		return d.spelt(d.token())
	}
	return d.choose(`""`, `"x"`, `"token"`, `"\u0000\/\u002f\u0022\u005c"`, `"\ud83d\ude00\u00e9\uFFFF"`, `"zoë"`, `"a, \"b\": {c}\\"`, `"https:\/\/example.com\/"`, "\"\u2028\U0001F600\x7f\ufffd\"", `"\b\f\n\r\t"`,
		`"0123456789abcdef0123456789abcdef0123456789abcdef"`, `"01234567\\"`, `"0123456\""`, `"`+sampleID+`"`)
}

// spelt writes a string that needs no escapes, with some or none.
func (d *deriver) spelt(text string) string {
	if !d.escapes || text == "" {
		return `"` + text + `"`
	}
	first, size := utf8.DecodeRuneInString(text)
	return `"` + d.choose(fmt.Sprintf(`\u%04x`, first), text[:size]) + strings.ReplaceAll(text[size:], "/", `\/`) + `"`
}

// token returns a token of the ids, in one of the ways that one can be written.
func (d *deriver) token() string {
	app, id, team := `"appNameID":`+d.space()+d.spelt(d.app), `"id" :`+d.spelt(d.id), `"teamID":`+d.spelt(d.team)
	members := []string{app, id, team}
	if d.team == "" {
		members = [][]string{{app, id}, {app, id, `"teamID":null`}, members}[rapid.IntRange(0, 2).Draw(d.T, "teamID")]
	}
	members = append(rapid.Permutation(members).Draw(d.T, "order"), `"x":"`+d.choose("", "x", "???>>>~~~", "ÿÿÿ")+`"`)
	if rapid.Bool().Draw(d.T, "4D's") {
		members = members[:len(members)-1]
	}
	text := "{" + strings.Join(members, ","+d.space()) + "}"
	return []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding}[rapid.IntRange(0, 3).Draw(d.T, "alphabet")].
		EncodeToString([]byte(text))
}

func (d *deriver) array(pointer string) string {
	var items []string
	for range rapid.IntRange(0, 3).Draw(d.T, "length") {
		items = append(items, d.space()+d.value(pointer+"/0", nil)+d.space())
	}
	if d.isOdd("array") {
		return d.choose("[,]", "[1,]", "[,1]", "[1 1]", "[1,,1]", "[", "[1", "[1}", "[}")
	}
	if items == nil {
		return "[" + d.space() + "]"
	}
	return "[" + strings.Join(items, ",") + "]"
}

// object writes an object with most of the members that a schema describes, in
// any order, and some that it does not.
func (d *deriver) object(pointer string, schema map[string]any) string {
	properties, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	members := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		at := pointer + "/" + name
		need := slices.Contains(required, any(name)) || d.team != "" && (at == "/team" || at == "/team/id")
		if need == !d.isOdd("left out") || !need && d.often() {
			members[name] = d.value(at, properties[name].(map[string]any))
			if !need || d.odd > 0 {
				continue
			}
			// Null would do for the schema, but not for the place of the file.
			for strings.HasPrefix(at, "/team") && members[name] == "null" {
				members[name] = d.value(at, properties[name].(map[string]any))
			}
		}
	}
	names := []string{"x", "token", "id", "device", "", "é", "Status", "session", "a b", "device/token", "/token", "[]{},:"}
	for range rapid.IntRange(0, 3).Draw(d.T, "others") {
		name := d.choose(names...)
		if _, known := members[name]; known || properties[name] != nil || d.unknowns > 30 {
			continue
		}
		d.unknowns++
		members[name] = d.value(pointer+"/"+name, nil)
	}
	if rapid.IntRange(0, 20).Draw(d.T, "many") == 20 {
		for i := range 100 {
			members[fmt.Sprint("many", i)] = d.choose("1", `{"a":[]}`, `"x"`)
		}
	}
	return d.braces(rapid.Permutation(slices.Sorted(maps.Keys(members))).Draw(d.T, "order"), members)
}

// braces writes members in an order.
func (d *deriver) braces(names []string, members map[string]string) string {
	var written []string
	for _, name := range names {
		quotedName := d.spelt(name)
		if d.isOdd("name") {
			quotedName = d.choose(name, `"`+name, `'`+name+`'`, `"\u0074oken"`, `"t\u006fken"`, `"\/"`, `"\n`+name+`"`, `"token"`, `"id"`, `"x"`, "1", "null", "")
		}
		member := quotedName + d.space() + ":" + d.space() + members[name]
		if d.isOdd("member") {
			member = d.choose(quotedName, quotedName+members[name], quotedName+"::"+members[name], quotedName+"="+members[name], member+","+member, member+",", ":"+members[name])
		}
		written = append(written, d.space()+member+d.space())
	}
	text := "{" + d.space() + "}"
	if written != nil {
		text = "{" + strings.Join(written, ",") + "}"
	}
	if d.isOdd("braces") {
		text = d.choose("{,"+text[1:], text[:len(text)-1]+",}", text[:len(text)-1], text[:len(text)-1]+"]", text[:1]+",,"+text[1:], "{}", text+"}")
	}
	return text
}

// mutated draws a few bytes to be another, none, or twice there.
func mutated(t *rapid.T, data []byte) []byte {
	data = slices.Clone(data)
	for range rapid.IntRange(1, 3).Draw(t, "mutations") {
		if len(data) == 0 {
			return data
		}
		at := rapid.IntRange(0, len(data)-1).Draw(t, "at")
		b := rapid.SampledFrom([]byte("\"\\{}[]:,/ \t\r\n\x00\x1f\x7f\x80\xc3\xedud0-.eEtnx")).Draw(t, "byte")
		switch rapid.IntRange(0, 3).Draw(t, "how") {
		case 0:
			data[at] = b
		case 1:
			data = slices.Insert(data, at, b)
		case 2:
			data = slices.Delete(data, at, at+1)
		case 3:
			data[at] ^= 0x20
		}
	}
	return data
}

// The reader never accepts what the full validator rejects, nor makes another
// session of it, whatever the schema may allow or forbid; and what is compliant it
// does accept.
func TestReaderOnDerivedFiles(t *testing.T) {
	v := newValidator(t)
	schema := schemaFile(t)
	files, accepted := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			key, data, compliant := derived(t, schema)
			ok := agree(t, v, key, data)
			if compliant && !ok {
				_, p := v.full.judge(key, data)
				t.Fatalf("nothing is odd about %s with %q, but %v", key, data, p)
			}
			files++
			if ok {
				accepted++
			}
			agree(t, v, key, mutated(t, data))
		}
	})
	if accepted < files/10 || accepted == files {
		t.Errorf("%d of %d files were accepted: this shows too little", accepted, files)
	}
}
