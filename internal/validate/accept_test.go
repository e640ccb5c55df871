package validate

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"sessiond/internal/session"
)

// What is common takes the fast way: the examples, what the benchmarks generate,
// and every layout that 4D and people write.
func TestFastWay(t *testing.T) {
	v := newValidator(t)
	for key, data := range exampleFiles(t) {
		t.Run(string(key), func(t *testing.T) { wantFast(t, v, key, data) })
	}
	spread := strings.NewReplacer("{", " {\n ", "}", "\r\n}\t", ",", " ,\r\t", ":", " : ", "[", "[ ")
	for name, data := range map[string]string{
		"compact":              string(compactFile),
		"tabs and CR":          string(tabbed(t, compactFile)),
		"byte-order mark":      "\ufeff" + string(tabbed(t, compactFile)),
		"every member":         sampleFile,
		"LF":                   strings.ReplaceAll(sampleFile, "\n", "\r\n"),
		"white space anywhere": spread.Replace(string(compactFile)),
		"slashes as 4D writes": edited(t, map[string]string{"/device/os": `"iOS\/iPadOS"`, "/parameters": `{"url":"https:\/\/example.com\/a"}`}),
		"simple escapes":       edited(t, map[string]string{"/email": `"\"\\\b\f\n\r\t"`, "/device/token": `"\/\n"`}),
		"not ASCII":            edited(t, map[string]string{"/email": "\"zoë@example.com \u2028\U0001F600\ufffd\x7f\"", "/userInfo": `{"é":"è"}`}),
		"numbers":              edited(t, map[string]string{"/parameters": `{"a":[0,-0,1,10,-1.50,1e9,2E-7,0.1e+10,1e999999999,12345678901234567890]}`}),
		"version a number":     edited(t, map[string]string{"/application/version": "1.0", "/device/version": "-1E+2"}),
		"nested":               edited(t, map[string]string{"/userInfo": `{"a":[[],{},[{"a":{"a":[true,false,null]}}]],"b":{"a":1}}`}),
		"as deep as is plain":  edited(t, map[string]string{"/x": strings.Repeat("[", maxDepth-1) + strings.Repeat("]", maxDepth-1)}),
		"many unknown names":   edited(t, map[string]string{"/jb": "0", "/parameters": manyMembers(maxUnknown - 2)}),
		"nulls":                edited(t, map[string]string{"/device": "null", "/language": "null", "/email": "null", "/userInfo": "null"}),
		"token of any kind":    edited(t, map[string]string{"/device/token": `{"token": [1, "\/", {"token": "x"}]}`}),
		"pending":              edited(t, map[string]string{"/status": `"pending"`, "/token": ""}),
		"accepted by hand":     edited(t, map[string]string{"/token": ""}),
		"pending with token":   edited(t, map[string]string{"/status": `"pending"`}),
		"other case":           edited(t, map[string]string{"/Token": `"x"`, "/device/TOKEN": "1", "/userInfo": `{"token":"kept"}`}),
	} {
		t.Run(name, func(t *testing.T) { wantFast(t, v, sampleKey, []byte(data)) })
	}
	for _, team := range []string{"", "null", `""`} {
		data := edited(t, map[string]string{"/team/id": team, "/token": quoted(tokenOf(sampleApp, sampleID, ""))})
		t.Run("team.id is "+team, func(t *testing.T) { wantFast(t, v, session.NewKey(sampleApp, sampleID), []byte(data)) })
	}
}

// edited is [with], as a text.
func edited(t *testing.T, edits map[string]string) string { return string(with(t, edits)) }

// manyMembers returns an object with so many members.
func manyMembers(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(`"%d":%d`, i, i)
	}
	return "{" + strings.Join(all, ",") + "}"
}

// The fast way takes a place for the right one where the authority does.
func TestFastWayOnPlaces(t *testing.T) {
	names := []string{"", ".", "T1", "a.b", "T1.a.b", "T1-a.b", "T1a.b", "T2.a.b", "T1.a.c", "T1.a.b.c", "T1/a.b", "x", "X", "x.y", "x~", "#x", ".b"}
	for _, team := range names {
		for _, application := range names {
			for _, id := range names {
				who := ids{team: []byte(team), application: []byte(application), session: []byte(id)}
				doc := document{team: team, application: application, id: id}
				for _, folder := range names {
					for _, key := range []session.Key{session.NewKey(folder, id), session.NewKey(folder, "x"), session.Key(folder)} {
						if got, want := who.lieAt(key.Place()), checkLocation(key, doc) == ""; got != want {
							t.Errorf("%q.%q, %q at %q: %v, want %v", team, application, id, key, got, want)
						}
					}
				}
			}
		}
	}
}

// A name that looks like the escaped one in the file is another name.
func TestFastWayOnNamesLikeEscapes(t *testing.T) {
	v := newValidator(t)
	for _, name := range []string{`a\\b`, `a\"b`, `a\nb`} {
		for pointer, key := range map[string]session.Key{
			"/session/id":     session.NewKey("T1.a.b", name),
			"/application/id": session.NewKey("T1."+name, "x"),
			"/team/id":        session.NewKey(name+".a.b", "x"),
		} {
			edits := map[string]string{"/session/id": `"x"`, "/application/id": `"a.b"`, "/team/id": `"T1"`, "/status": `"pending"`, "/token": ""}
			edits[pointer] = `"` + name + `"`
			if fast, slow := agree(t, v, key, with(t, edits)); fast || slow {
				t.Errorf("%s with the %s %s is accepted", key, pointer, name)
			}
		}
	}
}

// What is right but odd goes the slow way.
func TestSlowWay(t *testing.T) {
	v := newValidator(t)
	claims := func(format string) string {
		return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, format, quoted(sampleApp), quoted(sampleID), quoted(sampleTeam)))
	}
	for name, edits := range map[string]map[string]string{
		"\\u in a string":           {"/email": `"zo\u00eb"`},
		"a pair of surrogates":      {"/email": `"\ud83d\ude00"`},
		"\\u in a secret":           {"/device/token": `"\u0041"`},
		"escape in a name":          {"/userInfo": `{"a\/b":1}`},
		"\\u in a name":             {"/userInfo": `{"\u0041":1}`},
		"escape in a status":        {"/status": `"\u0061ccepted"`},
		"escape in a session.id":    {"/session/id": strings.Replace(quoted(sampleID), "7", `\u0037`, 1)},
		"escape in a token":         {"/token": strings.Replace(quoted(sampleToken), "e", `\u0065`, 1)},
		"deeper":                    {"/x": strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth)},
		"deeper objects":            {"/x": strings.Repeat(`{"a":`, maxDepth) + "1" + strings.Repeat("}", maxDepth)},
		"very deep":                 {"/x": strings.Repeat("[", 9000) + strings.Repeat("]", 9000)},
		"too many unknown names":    {"/parameters": manyMembers(maxUnknown + 1)},
		"many names in one another": {"/parameters": `{"x":` + manyMembers(maxUnknown) + "}"},

		"token in the URL alphabet": {"/token": quoted(base64.URLEncoding.EncodeToString([]byte(
			`{"appNameID":` + quoted(sampleApp) + `,"id":` + quoted(sampleID) + `,"teamID":` + quoted(sampleTeam) + `,"x":"?>?>?>"}`)))},
		"token in another order":  {"/token": quoted(claims(`{"appNameID":%[1]s,"teamID":%[3]s,"id":%[2]s}`))},
		"token with white space":  {"/token": quoted(claims(`{"appNameID":%s,"id":%s, "teamID":%s}`))},
		"token with more members": {"/token": quoted(claims(`{"appNameID":%s,"id":%s,"teamID":%s,"x":1}`))},
	} {
		t.Run(name, func(t *testing.T) { wantSlow(t, v, sampleKey, with(t, edits)) })
	}

	for name, place := range map[string]struct{ app, id string }{
		"quote in a session.id":     {"com.example.a", `a"b`},
		"names that are longer":     {"com." + strings.Repeat("a", 400), strings.Repeat("b", 202)},
		"padding that was left out": {"com.example.a", "x"},
		"a token that has a slash":  {"com.example.aÿÿÿÿ", "ÿÿÿ"},
	} {
		t.Run(name, func(t *testing.T) {
			token := strings.TrimRight(tokenOf(place.app, place.id, ""), "=")
			data := with(t, map[string]string{
				"/team": "", "/application/id": quoted(place.app), "/session/id": quoted(place.id),
				"/token": strings.ReplaceAll(quoted(token), "/", `\/`),
			})
			wantSlow(t, v, session.NewKey(place.app, place.id), data)
		})
	}
}

// The fast way reads nothing after the end of the file, nor takes a beginning
// for the whole, wherever it ends.
func TestFastWayOnBeginnings(t *testing.T) {
	v := newValidator(t)
	for n := range compactFile {
		if v.fast.accept(sampleKey.Place(), compactFile[:n]) != nil {
			t.Errorf("accepts the first %d bytes", n)
		}
	}
}

// tinyFile has a bit of everything, and is small enough to be wrong in every way.
var tinyFile = []byte(`{"application":{"id":"a.b","version":-10.5e+3},"device":{"id":null,"token":[1,"x"],"a":0},"session":{"id":"x"},` +
	`"x":["\/é",true,{"y":{},"z":false}] ,"token":"` + tokenOf("a.b", "x", "") + `","status":"accepted"}`)

// However one byte is wrong, the two ways agree.
func TestFastWayOnEveryByte(t *testing.T) {
	v := newValidator(t)
	key := session.NewKey("a.b", "x")
	wantFast(t, v, key, tinyFile)
	wrong := []byte("\"\\{}[]:, \x00\x1f\xff0-ex")
	for at := range len(tinyFile) + 1 {
		before, after := tinyFile[:at], tinyFile[at:]
		if len(after) > 0 {
			agree(t, v, key, append(bytes.Clone(before), after[1:]...))
			agree(t, v, key, append(append(bytes.Clone(before), after[0], after[0]), after[1:]...))
		}
		for _, b := range wrong {
			agree(t, v, key, append(append(bytes.Clone(before), b), after...))
			if len(after) > 0 {
				agree(t, v, key, append(append(bytes.Clone(before), b), after[1:]...))
			}
		}
	}
}

// Judging a plain file takes an allocation for the session and one for its text.
func TestAllocations(t *testing.T) {
	v := newValidator(t)
	for range sampleFirst {
		wantSession(t, v, sampleKey, compactFile)
	}
	for name, data := range map[string][]byte{
		"compact": compactFile, "tabs": tabbed(t, compactFile), "mark": append([]byte("\ufeff"), compactFile...),
	} {
		t.Run(name, func(t *testing.T) {
			const most = 3
			if n := testing.AllocsPerRun(sampleEvery, func() { v.fast.accept(sampleKey.Place(), data) }); n > most {
				t.Errorf("the fast way takes %v allocations", n)
			}
			if n := testing.AllocsPerRun(sampleEvery, func() { v.Judge(sampleKey.Place(), data) }); n > most {
				t.Errorf("with the sample, a file takes %v allocations", n)
			}
		})
	}
}
