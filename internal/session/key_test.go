package session

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"pgregory.net/rapid"
)

const (
	sampleApp = "UTT7VDX8W5.com.contactApp.Contact"
	sampleID  = "7023d9205074199d1c16fc00d24354e778137675"
)

func TestNamingRules(t *testing.T) {
	for name, want := range map[string]bool{
		sampleApp: true, "com.example.noteam": true, "a.": true, "a..": true, "a.b.c": true, "a .b": true, "~.app": true, "#.app": true,
		"a.b~": true, "new\nline.app": true, "\x1b[31m.app": true, "Ünï.ÇØdé": true, strings.Repeat("a.", 500): true,
		"": false, ".": false, "..": false, ".a": false, ".a.b": false, "nodot": false, "a.b/c": false, "a/b.c": false, "/a.b": false,
		"a.b/": false, "a.\x00": false, "a.\xff": false, "$RECYCLE.BIN": false, "$.a": false, "a$.b": true, "a.$": true, "\xc0\xaf.app": false, "a.\xed\xa0\x80": false,
	} {
		if got := IsAppFolderName(name); got != want {
			t.Errorf("IsAppFolderName(%q) = %t", name, got)
		}
	}
	for name, want := range map[string]bool{
		sampleID: true, "x": true, "4913": true, "sedA1b2C3": true, "a b": true, "~a": true, "a~b": true, "a#": true, "-": true,
		"new\nline": false, "\x1b[31m": false, "\t": false, "a\x1f": false, "a b\x7f": false, "Icon\r": false, "\u0080": false, "ü\u009b2J": false,
		"\u00a0": true, "\u202e": true, "Ünï": true, `back\slash`: true, strings.Repeat("a", 1020): true, strings.Repeat("a", 1021): false,
		"": false, ".": false, "..": false, "a.b": false, ".a": false, "a.": false, "manifest.json": false, "a~": false, "~": false,
		"#a": false, "#": false, "#a#": false, "a/b": false, "/": false, "a/": false, "\x00": false, "a\xff": false, "\xed\xa0\x80": false,
	} {
		if got := IsSessionFileName(name); got != want {
			t.Errorf("IsSessionFileName(%q) = %t", name, got)
		}
	}
}

func TestParseKey(t *testing.T) {
	for _, text := range []string{sampleApp + "/" + sampleID, "a.b/c", "a./~c", "new\n.line/a b"} {
		key, err := ParseKey(text)
		app, id, _ := strings.Cut(text, "/")
		if err != nil || key.String() != text || key.App != app || key.ID != id || !key.IsFile() {
			t.Errorf("ParseKey(%q) = %q, %v", text, key, err)
		}
	}
	for _, text := range []string{
		"", "/", "//", sampleID, sampleApp, sampleApp + "/", "/" + sampleID, "nodot/" + sampleID, ".a/" + sampleID, "../" + sampleID,
		sampleApp + "/" + sampleID + "/", sampleApp + "//" + sampleID, "/" + sampleApp + "/" + sampleID, sampleApp + "/manifest.json",
		sampleApp + "/..", sampleApp + "/" + sampleID + "~", sampleApp + "/#" + sampleID, sampleApp + "/\xff", sampleApp + `\` + sampleID,
		sampleApp + "/\x00", "a.b/c/d", "a.b/\x1b[31m", "a.b/Icon\r", "$RECYCLE.BIN/x",
	} {
		if key, err := ParseKey(text); !errors.Is(err, ErrKey) || !key.IsRoot() {
			t.Errorf("ParseKey(%q) = %q, %v, want %v", text, key, err, ErrKey)
		}
	}
}

func TestKeysOfFolders(t *testing.T) {
	for _, test := range []struct {
		key  Key
		text string
	}{{Key{}, ""}, {Key{App: "a.b"}, "a.b/"}} {
		if k := test.key; k.String() != test.text || k.IsRoot() != (test.text == "") || k.IsFile() || k.Short() != test.text || k.Folder() != k {
			t.Errorf("%q: the root %t, a file %t, short %q, in %q", k, k.IsRoot(), k.IsFile(), k.Short(), k.Folder())
		}
	}
	if file := (Key{App: "a.b", ID: "c"}); file.IsRoot() || file.Folder() != (Key{App: "a.b"}) {
		t.Errorf("%q: the root %t, in %q", file, file.IsRoot(), file.Folder())
	}
}

// Scripts read keys as texts, whatever a key is made of.
func TestKeyAsText(t *testing.T) {
	for _, test := range []struct {
		key        Key
		text, json string
	}{
		{Key{}, "", `""`},
		{Key{App: "a.b"}, "a.b/", `"a.b/"`},
		{Key{App: "a.b", ID: "c"}, "a.b/c", `"a.b/c"`},
		{Key{App: "ä.b", ID: `"c\`}, `ä.b/"c\`, `"ä.b/\"c\\"`},
		{Key{App: "nodot", ID: "c/d.e"}, "nodot/c/d.e", `"nodot/c/d.e"`}, // no rule for names is held against it
	} {
		text, err := test.key.MarshalText()
		if err != nil || string(text) != test.text {
			t.Errorf("%+v as text: %q, %v, want %q", test.key, text, err, test.text)
		}
		appended, err := test.key.AppendText([]byte("before "))
		if err != nil || string(appended) != "before "+test.text {
			t.Errorf("%+v appended: %q, %v", test.key, appended, err)
		}
		read := Key{App: "old", ID: "old"}
		if err := read.UnmarshalText([]byte(test.text)); err != nil || read != test.key {
			t.Errorf("%q is read as %+v, %v", test.text, read, err)
		}

		value := map[Key]Key{test.key: test.key}
		want := "{" + test.json + ":" + test.json + "}"
		written, err := json.Marshal(value)
		if err != nil || string(written) != want {
			t.Errorf("%+v in JSON: %s, %v, want %s", test.key, written, err, want)
		}
		var back map[Key]Key
		if err := json.Unmarshal(written, &back); err != nil || !maps.Equal(back, value) {
			t.Errorf("%s is read as %+v, %v", written, back, err)
		}
	}
	kept := Key{App: "a.b", ID: "c"}
	if err := kept.UnmarshalText([]byte("noslash")); !errors.Is(err, ErrKey) || kept != (Key{App: "a.b", ID: "c"}) {
		t.Errorf("a text without a slash is read as %+v, %v", kept, err)
	}
}

// The order of keys is that of their texts: others page by it.
func TestCompare(t *testing.T) {
	// There are characters before and after a slash, and names that begin alike.
	name := rapid.StringMatching(`[ab.\- 0]{1,4}`)
	key := rapid.Custom(func(t *rapid.T) Key {
		switch rapid.IntRange(0, 9).Draw(t, "of") {
		case 0:
			return Key{}
		case 1, 2:
			return Key{App: name.Draw(t, "app")}
		}
		return Key{App: name.Draw(t, "app"), ID: name.Draw(t, "id")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := key.Draw(t, "a"), key.Draw(t, "b")
		if got, want := a.Compare(b), strings.Compare(a.String(), b.String()); got != want {
			t.Fatalf("%q and %q compare as %d, want %d", a, b, got, want)
		}
	})
}

func TestShort(t *testing.T) {
	for id, want := range map[string]string{
		sampleID:            "7023d920",
		"1234567890123456":  "12345678",
		"123456789012345":   "1234567",
		"12345678":          "1234",
		"ab":                "a",
		"a":                 "…",
		"ü":                 "…",
		"üü":                "ü",
		"1234567üüüüüüüüüü": "1234567",
		"€€€":               "€",
		"aé":                "a",
	} {
		if got := (Key{App: sampleApp, ID: id}).Short(); got != sampleApp+"/"+want {
			t.Errorf("%q is shown as %q, want %q", id, got, want)
		}
	}
}

func FuzzParseKey(f *testing.F) {
	for _, text := range []string{
		sampleApp + "/" + sampleID, "a.b/c", "a.b/ü", "a.b/\xff", "/", "", "a.b/c/d", "../x", "a.b/#x", "a.b/x~", "a.b/\U0001F600\U0001F600", "a.b/…",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, err := ParseKey(text)
		if err != nil {
			if !errors.Is(err, ErrKey) || !key.IsRoot() {
				t.Fatalf("ParseKey(%q) = %q, %v", text, key, err)
			}
			return
		}
		app, id := key.App, key.ID
		if key.String() != text || app+"/"+id != text || !key.IsFile() {
			t.Fatalf("ParseKey(%q) = %q of %q and %q", text, key, app, id)
		}
		if !IsAppFolderName(app) || !IsSessionFileName(id) || app == ".." || strings.ContainsAny(id, "./\x00") {
			t.Fatalf("%q and %q make a key", app, id)
		}
		checkShort(t, key)
	})
}

// checkShort sees that what a log shows of a key is text, and not more than half
// of what is needed to make the session's token.
func checkShort(t *testing.T, key Key) {
	t.Helper()
	short := key.Short()
	shown := strings.TrimPrefix(short, key.App+"/")
	switch shown {
	case "…":
		shown = ""
	case "":
		t.Fatalf("%q is shown as a folder, %q", key, short)
	}
	if !strings.HasPrefix(key.ID, shown) || len(shown) > 8 || 2*len(shown) > len(key.ID) {
		t.Fatalf("%q is shown as %q", key, short)
	}
	if !utf8.ValidString(short) {
		t.Fatalf("%q is shown as %q, which is not UTF-8", key, short)
	}
}
