package validate

import (
	"regexp"
	"strings"
	"testing"

	"sessiond/internal/session"
)

func TestSyntaxProblems(t *testing.T) {
	const bom = "\ufeff"
	long := strings.Repeat("n", longestName+1)
	tests := []struct {
		name, text, want string
	}{
		{"empty", "", "line 1, column 1: unexpected end of file"},
		{"only white space", " \t\r\n", "line 2, column 1: unexpected end of file"},
		{"only a mark", bom, "line 1, column 1: unexpected end of file"},
		{"two marks", bom + bom + "{}", `line 1, column 1: invalid character '\ufeff' at start of value`},
		{"mark after white space", " " + bom + "{}", `line 1, column 2: invalid character '\ufeff' at start of value`},
		{"mark at the end", "{}" + bom, `line 1, column 3: invalid character '\ufeff' after top-level value`},
		{"other encoding", "\xff\xfe{\x00}\x00", `line 1, column 1: invalid character '\xff' at start of value`},
		{"zeros", "\x00\x00", `line 1, column 1: invalid character '\x00' at start of value`},

		{"cut off", "{\"a\": 1,\n", "line 2, column 1: unexpected end of file"},
		{"cut off in a string", `{"a": "b`, "line 1, column 9: unexpected end of file"},
		{"second value", "{}\n{}", "line 2, column 1: invalid character '{' after top-level value"},
		{"trailing text", "{} x", "line 1, column 4: invalid character 'x' after top-level value"},
		{"trailing zero", "{}\x00", `line 1, column 3: invalid character '\x00' after top-level value`},
		{"brace too many", "{}}", "line 1, column 3: invalid character '}' after top-level value"},

		{"comma too many", `{"a":1,}`, "line 1, column 7: invalid character ',' at start of value"},
		{"comma missing", `{"a":1 "b":2}`, `line 1, column 8: invalid character '"' after object value (expecting ',' or '}')`},
		{"colon missing", `{"a" 1}`, "line 1, column 6: invalid character '1' after object name (expecting ':')"},
		{"name without quotes", `{a:1}`, "line 1, column 2: invalid character 'a' at start of value"},
		{"name a number", `{1:1}`, "line 1, column 2: object member name must be a string"},
		{"wrong bracket", "[1}", "line 1, column 3: invalid character '}' after array element (expecting ',' or ']')"},
		{"comment", "{} // x", "line 1, column 4: invalid character '/' after top-level value"},
		{"single quotes", "{'a':1}", `line 1, column 2: invalid character '\'' at start of value`},
		{"literal", `{"a":True}`, "line 1, column 6: invalid character 'T' at start of value"},
		{"not a number", `{"a":NaN}`, "line 1, column 6: invalid character 'N' at start of value"},
		{"leading zero", `{"a":01}`, "line 1, column 7: invalid character '1' after object value (expecting ',' or '}')"},
		{"leading plus", `{"a":+1}`, "line 1, column 6: invalid character '+' at start of value"},
		{"bare point", `{"a":1.}`, "line 1, column 8: invalid character '}' in number (expecting digit)"},
		{"control character", "{\"a\":\"\x01\"}", `line 1, column 7: invalid character '\x01' in string (expecting non-control character)`},
		{"line end in a string", "{\"a\":\"\n\"}", `line 1, column 7: invalid character '\n' in string (expecting non-control character)`},

		{"duplicate name", `{"a":1,"b":2,"a":1}`, `line 1, column 14: duplicate object member name "a"`},
		{"duplicate name, escaped", `{"ab":1,"\u0061b":1}`, `line 1, column 9: duplicate object member name "ab"`},
		{"duplicate name, beneath", `{"x":[{"y":1,"y":1}]}`, `line 1, column 14: duplicate object member name "y"`},
		{"duplicate name, for a terminal", `{"\u001b[31m":1,"\u001b[31m":1}`, `line 1, column 17: duplicate object member name "\x1b[31m"`},
		{"duplicate name, long", `{"` + long + `":1,"` + long + `":1}`, "line 1, column 40: duplicate object member name"},

		{"invalid UTF-8", "{\"a\":\"\xff\"}", "line 1, column 7: invalid UTF-8"},
		{"invalid UTF-8 in a name", "{\"\xc3\":1}", "line 1, column 3: invalid UTF-8"},
		{"surrogate in UTF-8", "{\"a\":\"\xed\xa0\x80\"}", "line 1, column 7: invalid UTF-8"},
		{"overlong UTF-8", "{\"a\":\"\xc0\x80\"}", "line 1, column 7: invalid UTF-8"},
		{"lone high surrogate", `{"a":"\ud83d"}`, "line 1, column 7: invalid surrogate pair"},
		{"lone low surrogate", `{"a":"\ude00"}`, "line 1, column 7: invalid surrogate pair"},
		{"surrogates in wrong order", `{"a":"\ude00\ud83d"}`, "line 1, column 7: invalid surrogate pair"},
		{"high surrogate before text", `{"a":"\ud83dsecret"}`, "line 1, column 7: invalid surrogate pair"},
		{"lone surrogate in a name", `{"\ud83d":1}`, "line 1, column 3: invalid surrogate pair"},
		{"escape", `{"a":"\x41"}`, "line 1, column 7: invalid escape sequence"},
		{"short escape", `{"a":"\u12"}`, "line 1, column 7: invalid escape sequence"},

		{"deep arrays", strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001), "line 1, column 10001: exceeded max depth"},
		{"deep objects", strings.Repeat("{\"a\":\n", 10_001), "line 10001, column 1: exceeded max depth"},
		{"1 MiB of brackets", strings.Repeat("[", 1<<20), "line 1, column 10001: exceeded max depth"},
		{"1 MiB of empty arrays", strings.Repeat("[],", 1<<20/3), "line 1, column 3: invalid character ',' after top-level value"},
	}
	v := newValidator(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantProblem(t, v, sampleKey, []byte(tt.text), session.CodeSyntax, tt.want)
		})
	}
}

func TestWellFormed(t *testing.T) {
	tests := []struct {
		name string
		data string
	}{
		{"byte-order mark", "\ufeff" + sampleFile},
		{"white space around", " \t\r\n" + sampleFile + "\r\n\t "},
		{"mark and white space", "\ufeff\r" + sampleFile + "\r"},
		{"CR", strings.ReplaceAll(sampleFile, "\n", "\r")},
		{"CRLF", "\ufeff" + strings.ReplaceAll(sampleFile, "\n", "\r\n")},
		{"surrogate pair", strings.Replace(sampleFile, "Ada", `\ud83d\ude00`, 1)},
		{"beyond the basic plane", strings.Replace(sampleFile, "Ada", "😀", 1)},
		{"escaped zero", strings.Replace(sampleFile, "Ada", `\u0000`, 1)},
		{"noncharacter", strings.Replace(sampleFile, "Ada", `\uffff`, 1)},
		{"escapes in ids", strings.Replace(sampleFile, "UTT7", `\u0055T\u00547`, 1)},
		{"same name in other objects", strings.Replace(sampleFile, `"link"`, `[{"a":1},{"a":1}]`, 1)},
		{"names that differ in case", strings.Replace(sampleFile, `"send"`, `"Send":1,"send"`, 1)},
		{"empty name", strings.Replace(sampleFile, `"send"`, `""`, 1)},
		{"deepest", strings.Replace(sampleFile, `"link"`, strings.Repeat("[", 9_999)+strings.Repeat("]", 9_999), 1)},
		{"a megabyte of arrays", strings.Replace(sampleFile, `"link"`, "["+strings.Repeat("[],", 1<<20/3)+"[]]", 1)},
	}
	v := newValidator(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := []byte(tt.data)
			if s := wantSession(t, v, sampleKey, data); s.Digest() != session.DigestOf(data) {
				t.Error("the digest is of another file")
			}
		})
	}
}

// A number is checked for syntax only, wherever it stands: converting this one
// would take gigabytes.
func TestHugeNumbers(t *testing.T) {
	const huge = "1e999999999"
	v := newValidator(t)
	t.Run("accepted", func(t *testing.T) {
		wantSession(t, v, sampleKey, with(t, map[string]string{
			"/application/version": huge, "/device/version": "-" + huge, "/send": "[" + huge + ", -" + huge + "]",
			"/parameters": `{"a":` + huge + `}`, "/userInfo": `{"a":[` + huge + `]}`, "/language": `{"id":` + huge + `}`,
			"/x": strings.Repeat("9", 100_000), "/device/token": huge,
		}))
	})
	for _, pointer := range []string{
		"/application", "/application/id", "/application/name", "/team", "/team/id",
		"/session", "/session/id", "/session/ip", "/status", "/token", "/email",
		"/device", "/device/id", "/device/description", "/device/os", "/device/simulator",
		"/language", "/parameters", "/userInfo",
	} {
		t.Run(pointer, func(t *testing.T) {
			s, p := v.Judge(sampleKey, with(t, map[string]string{pointer: huge}))
			if s != nil || p.ErrCode != int(session.CodeSchema) || strings.Contains(p.Detail, "999") {
				t.Errorf("got %v", p)
			}
		})
	}
	t.Run("whole file", func(t *testing.T) {
		wantProblem(t, v, sampleKey, []byte(huge), session.CodeSchema, "expected object, but got number")
	})
}

// Whatever is broken inside a token or beside it, no part of it is told.
func TestSyntaxDetailKeepsSecrets(t *testing.T) {
	v := newValidator(t)
	form := regexp.MustCompile(`^line 1[0-9], column \d+: [ -~]{1,80}$`)
	start := strings.Index(sampleFile, sampleToken)
	for _, damage := range []string{`\ud800`, `\udfff\ud800`, `\u12`, `\x`, `\`, `"`, `""`, "\xff", "\x00", "\n", `":1,"`} {
		for i := range len(sampleToken) {
			at := start + i
			_, p := v.Judge(sampleKey, []byte(sampleFile[:at]+damage+sampleFile[at:]))
			if p == nil {
				t.Fatalf("%q at %d of the token was accepted", damage, i)
			}
			if p.ErrCode == int(session.CodeSyntax) && !form.MatchString(p.Detail) || leaks(p.Detail, sampleToken) {
				t.Fatalf("%q at %d of the token: %s", damage, i, p.Detail)
			}
		}
	}
	for end := range len(sampleFile) {
		if _, p := v.Judge(sampleKey, []byte(sampleFile[:end])); p == nil || leaks(p.Detail, sampleToken) {
			t.Fatalf("cut off at %d: %v", end, p)
		}
	}
}
