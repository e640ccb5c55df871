package validate

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sessiond/internal/session"
)

// deriver writes files as the schema describes them, with up to so many things
// that are wrong or odd on purpose, one in each so many turns.
type deriver struct {
	*rapid.T
	oddMost         int // 0: all is plain and right
	oddEvery        int
	oddAt           string // what may be odd; empty: anything
	odd             int    // how many things are
	team, app, id   string
	spaces          []string
	depth, unknowns int
}

// derived draws a file from the schema and the key that it belongs to. It is
// plain if nothing about it is wrong or odd.
func derived(t *rapid.T, schema map[string]any) (key session.Key, data []byte, plain bool) {
	d := &deriver{
		T:        t,
		oddMost:  rapid.IntRange(0, 3).Draw(t, "odd at most"),
		oddEvery: rapid.SampledFrom([]int{2, 10, 50}).Draw(t, "odd every"),
		oddAt: rapid.SampledFrom([]string{
			"", "", "key", "file", "space", "type", "number", "enum", "string", "array", "left out", "name", "member", "braces",
		}).Draw(t, "odd at"),
		team: rapid.SampledFrom([]string{"", "T1", "é"}).Draw(t, "team"),
		app:  rapid.SampledFrom([]string{"a.b", "com.example.Contacts", "com.é\u2028.x"}).Draw(t, "app"),
		id:   rapid.SampledFrom([]string{"x", sampleID, "email"}).Draw(t, "id"),
		spaces: rapid.SampledFrom([][]string{
			{""}, {"", " "}, {"\r\t", "\r"}, {"\n", "\t", " ", ""}, {"\r\n", " \t "},
		}).Draw(t, "spaces"),
	}
	key = session.NewKey(strings.TrimPrefix(d.team+"."+d.app, "."), d.id)
	if d.isOdd("key") {
		key = session.NewKey(d.choose("T1.a.b", "T1a.b", "a.b", "..", "T1/a.b", "T1"), d.choose("x", "X", "x.y", "", "x/y"))
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
			said = d.choose("other", "", said+" ", strings.ToUpper(said), said[:len(said)-1], said+said, `\u0061ccepted`)
		}
		return `"` + said + `"`
	}
	if d.isOdd("string") {
		return d.choose(`""`, `"\ud800"`, `"\udc00\ud800"`, `"\ud83d\ude00"`, `"\u00e9"`, `"\u0022"`,
			"\"\xff\"", "\"\xed\xa0\x80\"", "\"\xc0\xaf\"", "\"\n\"", "\"\x00\"", "\"\x1f\"", `"\x"`, `"\'"`, `"\u12"`, `"\u12G4"`, `"\"`, `"`, `"a\`, `"\/\u002f"`,
			`"`+tokenOf("a.b", "x", "T1")+`"`, `"`+sampleToken+`"`, `"x"`)
	}
	switch pointer {
	case "/application/id":
		return `"` + d.app + `"`
	case "/session/id":
		return `"` + d.id + `"`
	case "/team/id":
		return `"` + d.team + `"`
	case "/token":
		return `"` + tokenOf(d.app, d.id, d.team) + `"`
	}
	return d.choose(`""`, `"x"`, `"token"`, `"zoë"`, `"a, \"b\": {c}\\"`, `"https:\/\/example.com\/"`, "\"\u2028\U0001F600\x7f\ufffd\"", `"\b\f\n\r\t"`,
		`"0123456789abcdef0123456789abcdef0123456789abcdef"`, `"01234567\\"`, `"0123456\""`, `"`+sampleID+`"`)
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
		if _, known := members[name]; known || properties[name] != nil || d.unknowns > maxUnknown/2 {
			continue
		}
		d.unknowns++
		members[name] = d.value(pointer+"/"+name, nil)
	}
	return d.braces(rapid.Permutation(slices.Sorted(maps.Keys(members))).Draw(d.T, "order"), members)
}

// braces writes members in an order.
func (d *deriver) braces(names []string, members map[string]string) string {
	var written []string
	for _, name := range names {
		quotedName := `"` + name + `"`
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

// The fast way never accepts what the authority rejects, nor makes another
// session of it, whatever the schema may allow or forbid; and what is plain and
// right it does accept.
func TestFastWayOnDerivedFiles(t *testing.T) {
	v := newValidator(t)
	schema := schemaFile(t)
	var files, fasts, slows int // in all, accepted, accepted by the authority
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			key, data, plain := derived(t, schema)
			fast, slow := agree(t, v, key, data)
			if plain && (!fast || !slow) {
				_, p := v.authority.judge(key.Place(), data)
				t.Fatalf("plain, but the fast way accepts it is %v, the authority says %v: %s with %q", fast, p, key, data)
			}
			files++
			if fast {
				fasts++
			}
			if slow {
				slows++
			}
			agree(t, v, key, mutated(t, data))
		}
	})
	if fasts < files/10 || slows == files {
		t.Errorf("%d of %d files were accepted, %d of them fast: this shows too little", slows, files, fasts)
	}
}
