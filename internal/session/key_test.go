package session

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
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
		if err != nil || string(key) != text || key.App() != app || key.ID() != id || !key.IsFile() || key != NewKey(app, id) {
			t.Errorf("ParseKey(%q) = %q, %v", text, key, err)
		}
	}
	for _, text := range []string{
		"", "/", "//", sampleID, sampleApp, sampleApp + "/", "/" + sampleID, "nodot/" + sampleID, ".a/" + sampleID, "../" + sampleID,
		sampleApp + "/" + sampleID + "/", sampleApp + "//" + sampleID, "/" + sampleApp + "/" + sampleID, sampleApp + "/manifest.json",
		sampleApp + "/..", sampleApp + "/" + sampleID + "~", sampleApp + "/#" + sampleID, sampleApp + "/\xff", sampleApp + `\` + sampleID,
		sampleApp + "/\x00", "a.b/c/d", "a.b/\x1b[31m", "a.b/Icon\r", "$RECYCLE.BIN/x",
	} {
		if key, err := ParseKey(text); !errors.Is(err, ErrKey) || key != "" {
			t.Errorf("ParseKey(%q) = %q, %v, want %v", text, key, err, ErrKey)
		}
	}
}

func TestKeysOfFolders(t *testing.T) {
	for _, test := range []struct {
		key  Key
		text string
		app  string
	}{{RootKey, "", ""}, {FolderKey("a.b"), "a.b/", "a.b"}} {
		if k := test.key; string(k) != test.text || k.App() != test.app || k.ID() != "" || k.IsFile() || k.Short() != test.text {
			t.Errorf("%q: app %q, id %q, a file %t, short %q", k, k.App(), k.ID(), k.IsFile(), k.Short())
		}
	}
}

func TestShort(t *testing.T) {
	for id, want := range map[string]string{
		sampleID:            "7023d920…",
		"1234567890123456":  "12345678…",
		"123456789012345":   "1234567…",
		"12345678":          "1234…",
		"ab":                "a…",
		"a":                 "…",
		"ü":                 "…",
		"üü":                "ü…",
		"1234567üüüüüüüüüü": "1234567…",
		"€€€":               "€…",
		"aé":                "a…",
	} {
		if got := NewKey(sampleApp, id).Short(); got != sampleApp+"/"+want {
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
			if !errors.Is(err, ErrKey) || key != "" {
				t.Fatalf("ParseKey(%q) = %q, %v", text, key, err)
			}
			return
		}
		app, id := key.App(), key.ID()
		if string(key) != text || NewKey(app, id) != key || !key.IsFile() {
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
	shown, cut := strings.CutSuffix(strings.TrimPrefix(short, key.App()+"/"), "…")
	if !cut || !strings.HasPrefix(key.ID(), shown) || len(shown) > 8 || 2*len(shown) > len(key.ID()) {
		t.Fatalf("%q is shown as %q", key, short)
	}
	if !utf8.ValidString(short) {
		t.Fatalf("%q is shown as %q, which is not UTF-8", key, short)
	}
}
