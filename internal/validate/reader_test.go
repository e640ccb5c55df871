package validate

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"sessiond/internal/session"
)

// However a compliant file is spelt, the reader accepts it.
func TestReaderAcceptsEverySpelling(t *testing.T) {
	v := newValidator(t)
	for key, data := range exampleFiles(t) {
		t.Run(key.String(), func(t *testing.T) { wantRead(t, v, key, data) })
	}
	for _, s := range shapes(t) {
		t.Run(s.name, func(t *testing.T) { wantRead(t, v, s.key, s.data) })
	}
	spread := strings.NewReplacer("{", " {\n ", "}", "\r\n}\t", ",", " ,\r\t", ":", " : ", "[", "[ ")
	claims := func(format string) string {
		return quoted(base64.StdEncoding.EncodeToString(fmt.Appendf(nil, format, quoted(sampleApp), quoted(sampleID), quoted(sampleTeam))))
	}
	for name, data := range map[string]string{
		"every member":         sampleFile,
		"CR":                   strings.ReplaceAll(sampleFile, "\n", "\r"),
		"CRLF":                 strings.ReplaceAll(sampleFile, "\n", "\r\n"),
		"byte-order mark":      "\ufeff" + sampleFile,
		"white space anywhere": spread.Replace(string(compactFile)),
		"simple escapes":       edited(t, map[string]string{"/email": `"\"\\\b\f\n\r\t"`, "/device/token": `"\/\n"`}),
		"not ASCII":            edited(t, map[string]string{"/email": "\"zoë@example.com \u2028\U0001F600\ufffd\x7f\"", "/userInfo": `{"é":"è"}`}),
		"numbers":              edited(t, map[string]string{"/parameters": `{"a":[0,-0,1,10,-1.50,1e9,2E-7,0.1e+10,1e999999999,12345678901234567890]}`}),
		"version a number":     edited(t, map[string]string{"/application/version": "1.0", "/device/version": "-1E+2"}),
		"nested":               edited(t, map[string]string{"/userInfo": `{"a":[[],{},[{"a":{"a":[true,false,null]}}]],"b":{"a":1}}`}),
		"as deep as can be":    edited(t, map[string]string{"/x": strings.Repeat("[", 9_999) + strings.Repeat("]", 9_999)}),
		"deep objects":         edited(t, map[string]string{"/x": strings.Repeat(`{"a":`, 9_999) + "1" + strings.Repeat("}", 9_999)}),
		"many names":           edited(t, map[string]string{"/parameters": manyMembers(2_000), "/x": `{"x":` + manyMembers(200) + "}"}),
		"nulls":                edited(t, map[string]string{"/device": "null", "/language": "null", "/email": "null", "/userInfo": "null"}),
		"push token of a kind": edited(t, map[string]string{"/device/token": `{"token": [1, "\/", {"token": "x"}]}`}),
		"pending":              edited(t, map[string]string{"/status": `"pending"`, "/token": ""}),
		"pending with token":   edited(t, map[string]string{"/status": `"pending"`}),
		"accepted by hand":     edited(t, map[string]string{"/token": ""}),
		"other case":           edited(t, map[string]string{"/Token": `"x"`, "/device/TOKEN": "1", "/userInfo": `{"token":"kept"}`}),

		"\\u in a string":        edited(t, map[string]string{"/email": `"zo\u00eb"`}),
		"a pair of surrogates":   edited(t, map[string]string{"/email": `"\ud83d\ude00"`}),
		"\\u in a secret":        edited(t, map[string]string{"/device/token": `"\u0041"`}),
		"escapes in names":       edited(t, map[string]string{"/userInfo": `{"a\/b":1,"\u0041":{"\"":2}}`}),
		"escapes in known names": strings.NewReplacer(`"status"`, `"st\u0061tus"`, `"token": "e`, `"\u0074oken": "e`, `"id"`, `"\u0069d"`).Replace(sampleFile),
		"escape in a status":     edited(t, map[string]string{"/status": `"\u0061ccepted"`}),
		"escape in a session.id": edited(t, map[string]string{"/session/id": strings.Replace(quoted(sampleID), "7", `\u0037`, 1)}),
		"escape in a team.id":    edited(t, map[string]string{"/team/id": strings.Replace(quoted(sampleTeam), "T", `\u0054`, 1)}),
		"escape in a token":      edited(t, map[string]string{"/token": strings.Replace(quoted(sampleToken), "e", `\u0065`, 1)}),

		"token in the URL alphabet": edited(t, map[string]string{"/token": quoted(base64.URLEncoding.EncodeToString([]byte(
			`{"appNameID":` + quoted(sampleApp) + `,"id":` + quoted(sampleID) + `,"teamID":` + quoted(sampleTeam) + `,"x":"?>?>?>"}`)))}),
		"token in another order":  edited(t, map[string]string{"/token": claims(`{"appNameID":%[1]s,"teamID":%[3]s,"id":%[2]s}`)}),
		"token with white space":  edited(t, map[string]string{"/token": claims(` {"appNameID":%s,"id":%s, "teamID":` + "\r\n\t" + `%s} `)}),
		"token with more members": edited(t, map[string]string{"/token": claims(`{"appNameID":%s,"id":%s,"teamID":%s,"x":[1e999999999]}`)}),
	} {
		t.Run(name, func(t *testing.T) { wantRead(t, v, sampleKey, []byte(data)) })
	}
	for _, team := range []string{"", "null", `""`} {
		for name, token := range map[string]string{
			"empty":  tokenOf(sampleApp, sampleID, ""),
			"absent": base64.RawStdEncoding.EncodeToString(fmt.Appendf(nil, `{"appNameID":%q,"id":%q}`, sampleApp, sampleID)),
			"null":   base64.RawStdEncoding.EncodeToString(fmt.Appendf(nil, `{"appNameID":%q,"id":%q,"teamID":null}`, sampleApp, sampleID)),
		} {
			data := edited(t, map[string]string{"/team/id": team, "/token": quoted(token)})
			t.Run("team.id is "+team+", teamID "+name, func(t *testing.T) { wantRead(t, v, session.Key{App: sampleApp, ID: sampleID}, []byte(data)) })
		}
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

// Ids may have whatever JSON can escape and a file's name can have.
func TestReaderOnOddIDs(t *testing.T) {
	v := newValidator(t)
	for _, place := range []struct{ app, id string }{
		{"com.example.a", `a"b`},
		{"com." + strings.Repeat("a", 400), strings.Repeat("b", 202)},
		{"com.example.aÿÿÿÿ", "ÿÿÿ"},
		{"com.example\n.a", `back\slash`},
		{"com.\u2028", "\U0001F600"},
	} {
		token := unpaddedTokenOf(place.app, place.id, "")
		data := with(t, map[string]string{
			"/team": "", "/application/id": quoted(place.app), "/session/id": quoted(place.id),
			"/token": strings.ReplaceAll(quoted(token), "/", `\/`),
		})
		wantRead(t, v, session.Key{App: place.app, ID: place.id}, data)
	}
}

// A document is at the place that its ids make, and at no other.
func TestPlaces(t *testing.T) {
	names := []string{"", ".", "T1", "T1.", "a.b", "T1.a.b", "T1-a.b", "T1a.b", "T2.a.b", "T1.a.c", "T1.a.b.c", "T1/a.b", "x", "X", "x.y", "x~", "#x", ".b"}
	at := 0
	for _, team := range names {
		for _, application := range names {
			for _, id := range names {
				d := &document{team: []byte(team), application: []byte(application), id: []byte(id)}
				belongs := application
				if team != "" {
					belongs = team + "." + application
				}
				for _, folder := range names {
					for _, name := range []string{id, "x"} {
						want := folder == belongs && session.IsAppFolderName(folder) && name == id && session.IsSessionFileName(name)
						key := session.Key{App: folder, ID: name}
						if got := d.isAt(key); got != want {
							t.Errorf("%q, %q, %q is at %q, %q: %v", team, application, id, folder, name, got)
						} else if got {
							at++
						}
						if wrong := checkLocation(key, d); (wrong == "") != want {
							t.Errorf("%q, %q, %q at %q, %q: %q", team, application, id, folder, name, wrong)
						}
					}
				}
			}
		}
	}
	if at == 0 {
		t.Error("none was at its place")
	}
}

// There are two statuses, and no third that looks like one of them.
func TestReaderOnStatuses(t *testing.T) {
	v := newValidator(t)
	for status, want := range map[string]bool{
		"accepted": true, "pending": true, `\u0061ccepted`: true, `pend\u0069ng`: true,
		"": false, "other": false, "Accepted": false, "PENDING": false, "accepted ": false, " pending": false, "accept": false, "pendin": false,
		"acceptedpending": false, `accepted\u0000`: false, `\u0000pending`: false, "\u0430ccepted": false, "null": false, "true": false,
	} {
		if got := agree(t, v, sampleKey, with(t, map[string]string{"/status": `"` + status + `"`})); got != want {
			t.Errorf("%q is accepted: %v", status, got)
		}
	}
}

// A folder's name may end with the dot after the team: a file without an
// application.id belongs there no more than anywhere.
func TestReaderOnNoApplication(t *testing.T) {
	v := newValidator(t)
	for _, application := range []string{"", "{}", `{"id":""}`, `{"id":null}`, "null"} {
		data := with(t, map[string]string{"/application": application, "/team/id": `"T1"`, "/token": ""})
		if agree(t, v, session.Key{App: "T1.", ID: sampleID}, data) {
			t.Errorf("application is %s: accepted", application)
		}
	}
}

// A name that looks like the escaped one in the file is another name.
func TestReaderOnNamesLikeEscapes(t *testing.T) {
	v := newValidator(t)
	for _, name := range []string{`a\\b`, `a\"b`, `a\nb`} {
		for pointer, key := range map[string]session.Key{
			"/session/id":     {App: "T1.a.b", ID: name},
			"/application/id": {App: "T1." + name, ID: "x"},
			"/team/id":        {App: name + ".a.b", ID: "x"},
		} {
			edits := map[string]string{"/session/id": `"x"`, "/application/id": `"a.b"`, "/team/id": `"T1"`, "/token": ""}
			edits[pointer] = `"` + name + `"`
			if agree(t, v, key, with(t, edits)) {
				t.Errorf("%s with the %s %s is accepted", key, pointer, name)
			}
		}
	}
}

// The reader reads nothing after the end of the file, nor takes a beginning for
// the whole, wherever it ends.
func TestReaderOnBeginnings(t *testing.T) {
	v := newValidator(t)
	for n := range compactFile {
		if v.read(sampleKey, compactFile[:n]) != nil {
			t.Errorf("accepts the first %d bytes", n)
		}
	}
}

// tinyFile has a bit of everything, and is small enough to be wrong in every way.
var tinyFile = []byte(`{"application":{"id":"a.b","version":-10.5e+3},"device":{"id":null,"token":[1,"x"],"a":0},"session":{"id":"x"},` +
	`"x":["\/\u00e9é",true,{"y":{},"z":false}] ,"token":"` + tokenOf("a.b", "x", "") + `","status":"accepted"}`)

// However one byte is wrong, the reader and the full validator agree.
func TestReaderOnEveryByte(t *testing.T) {
	v := newValidator(t)
	key := session.Key{App: "a.b", ID: "x"}
	wantRead(t, v, key, tinyFile)
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

// A reader remembers nothing of a file, wherever it stopped to read it.
func TestReaderForgets(t *testing.T) {
	v := newValidator(t)
	files := [][]byte{compactFile, nil, with(t, map[string]string{"/status": `"pending"`})}
	for _, pointer := range []string{"/status", "/token", "/session/id", "/application/id", "/team", "/session", "/application"} {
		files = append(files, with(t, map[string]string{pointer: ""}))
	}
	files = append(files, compactFile[:len(compactFile)-1], compactFile[:len(compactFile)/2], []byte(`{"status":"accepted","x":{"a":1,"a":2}}`))
	for _, first := range files {
		for _, second := range files {
			r := newReader()
			r.read(sampleKey, first)
			want, _ := v.full.judge(sampleKey, second)
			got := r.read(sampleKey, second)
			if (got == nil) != (want == nil) || got != nil && *got != *want {
				t.Errorf("after %.80q, of %.80q: %v, want %v", first, second, got, want)
			}
		}
	}
}

// What is taken for compact is what formatting leaves as it is.
func TestIsCompact(t *testing.T) {
	for value, want := range map[string]bool{
		`{}`: true, `[]`: true, `{"a":[1,true,null,{"b":"c"}],"é":-1.5e+3}`: true, `{"a b":"c d","e":["f  g"," "]}`: true,
		`{"a": 1}`: false, `{"a" :1}`: false, `{ "a":1}`: false, `{"a":1 }`: false, `[1, 2]`: false, `[1 ,2]`: false, `[ ]`: false, `[1   ,2]`: false,
		"[1,\t2]": false, "[1\n,2]": false, "[1\r]": false, `["a\/b"]`: false, `{"\u0041":1}`: false,
		`["a, b"]`: false, // which costs time and is right
	} {
		formatted, err := jsontext.AppendFormat(nil, value)
		if err != nil {
			t.Fatal(err)
		}
		got := isCompact([]byte(value))
		if got != want || got && string(formatted) != value {
			t.Errorf("%s, formatted %s: %v", value, formatted, got)
		}
	}
}

// A reader does not keep what one large file took.
func TestReaderGivesRoomBack(t *testing.T) {
	r := newReader()
	long := strings.Repeat("a", 10*maxKept)
	data := with(t, map[string]string{"/userInfo": `{"a":"` + long + `","b":"\u0041` + long + `"}`, "/email": `"\u0041` + long + `"`})
	if r.read(sampleKey, data) == nil {
		t.Fatal("not accepted")
	}
	if r.read(sampleKey, with(t, map[string]string{"/status": `"` + long + `"`})) != nil {
		t.Fatal("accepted")
	}
	if n := max(cap(r.content), cap(r.unquoted), cap(r.document.status)); n > maxKept {
		t.Errorf("a buffer of %d bytes is kept", n)
	}
	if r.source.Cap() > 0 {
		t.Error("the file is kept")
	}
}

// No shape of a compliant file falls off a cliff: all are accepted by the reader,
// with few allocations. What stays with the session are two; the decoder makes one
// for each name of an object that has many.
func TestAllocations(t *testing.T) {
	v := newValidator(t)
	for _, s := range shapes(t) {
		t.Run(s.name, func(t *testing.T) {
			most := 10
			if n := bytes.Count(s.data, []byte(":")); n > 200 {
				most += n
			}
			fewest := math.Inf(1) // under the race detector, pools lose things at random
			for range 100 {
				fewest = min(fewest, testing.AllocsPerRun(1, func() {
					if got, _ := v.Judge(s.key, s.data); got == nil {
						t.Error("not accepted")
					}
				}))
			}
			if fewest > float64(most) {
				t.Errorf("a file of %d bytes takes %v allocations, want at most %d", len(s.data), fewest, most)
			}
			if v.read(s.key, s.data) == nil {
				t.Error("the reader does not accept it")
			}
		})
	}
}
