package token

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"

	"sessiond/internal/session"
)

// The token of the contract's example, and what it is made of.
const sampleToken = "eyJhcHBOYW1lSUQiOiJjb20uY29udGFjdEFwcC5Db250YWN0IiwiaWQiOiI3MDIzZDkyMDUwNzQxOTlkMWMxNmZjMDBkMjQzNTRlNzc4MTM3Njc1IiwidGVhbUlEIjoiVVRUN1ZEWDhXNSJ9"

var sampleClaims = Claims{
	Application: "com.contactApp.Contact",
	Session:     "7023d9205074199d1c16fc00d24354e778137675",
	Team:        "UTT7VDX8W5",
}

// tokenOf returns the token of claims as 4D writes it: in the standard alphabet and
// without padding. The claims must be UTF-8.
func tokenOf(c Claims) []byte {
	text := []byte(`{"appNameID":`)
	text, _ = jsontext.AppendQuote(text, c.Application)
	text = append(text, `,"id":`...)
	text, _ = jsontext.AppendQuote(text, c.Session)
	text = append(text, `,"teamID":`...)
	text, _ = jsontext.AppendQuote(text, c.Team)
	text = append(text, '}')
	return base64.RawStdEncoding.AppendEncode(nil, text)
}

// The token of the contract's example is made like those below, and says the same.
func TestParseAsMade(t *testing.T) {
	if got := string(tokenOf(sampleClaims)); got != sampleToken {
		t.Errorf("got  %s\nwant %s", got, sampleToken)
	}
	for _, c := range []Claims{
		sampleClaims,
		{},
		{Application: "a.b", Session: "x"},
		{Application: "a.b", Session: "xy"},
		{Application: "a.b", Session: "xyz"},
		{Application: `quote"`, Session: `back\slash`, Team: "\u2028é\U0001F600<&>"},
	} {
		if got, err := Parse(tokenOf(c)); err != nil || got != c {
			t.Errorf("the token of %q says %q, %v", c, got, err)
		}
	}
}

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       Claims
		err        error
	}{
		{"4D's own", `{"appNameID":"a.b","id":"x","teamID":"T1"}`, Claims{"a.b", "x", "T1"}, nil},
		{"another order and white space", " {\r\n\"teamID\":\"T1\", \"id\" : \"x\",\t\"appNameID\":\"a.b\"}\n", Claims{"a.b", "x", "T1"}, nil},
		{"escapes", `{"appNameID":"a\u002eb","\u0069d":"\/","teamID":"\ud83d\ude00"}`, Claims{"a.b", "/", "\U0001F600"}, nil},
		{"more members", `{"appNameID":"a.b","id":"x","teamID":"T1","x":[1e999999999,{"id":1}],"ID":2}`, Claims{"a.b", "x", "T1"}, nil},
		{"no team", `{"appNameID":"a.b","id":"x"}`, Claims{"a.b", "x", ""}, nil},
		{"nulls", `{"appNameID":null,"id":null,"teamID":null}`, Claims{}, nil},
		{"null", `null`, Claims{}, nil},
		{"empty", `{}`, Claims{}, nil},
		{"an id that is a number", `{"id":1}`, Claims{}, ErrClaims},
		{"a team that is an object", `{"teamID":{}}`, Claims{}, ErrClaims},
		{"array", `["a.b"]`, Claims{}, ErrClaims},
		{"string", `"a.b"`, Claims{}, ErrClaims},
		{"no JSON", `a.b x T1`, Claims{}, ErrSyntax},
		{"nothing", ` `, Claims{}, ErrSyntax},
		{"cut off", `{"id":"x"`, Claims{}, ErrSyntax},
		{"trailing data", `{"id":"x"}{}`, Claims{}, ErrSyntax},
		{"duplicate name", `{"id":"x","id":"x"}`, Claims{}, ErrSyntax},
		{"duplicate name beside", `{"x":1,"x":1}`, Claims{}, ErrSyntax},
		{"invalid UTF-8", "{\"id\":\"\xff\"}", Claims{}, ErrSyntax},
		{"lone surrogate", `{"x":"\ud800"}`, Claims{}, ErrSyntax},
		{"byte-order mark", "\ufeff{}", Claims{}, ErrSyntax},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
				got, err := Parse(encoding.AppendEncode(nil, []byte(test.text)))
				if got != test.want || !errors.Is(err, test.err) {
					t.Errorf("got %q, %v, want %q, %v", got, err, test.want, test.err)
				}
			}
		})
	}
}

func TestParseBase64(t *testing.T) {
	text := `{"appNameID":"a.b","id":"x","teamID":"T1","x":"???>>>~~~"}`
	standard, url := base64.StdEncoding.EncodeToString([]byte(text+" ")), base64.URLEncoding.EncodeToString([]byte(text+" "))
	if strings.Count(standard, "/")*strings.Count(standard, "+")*strings.Count(standard, "=") == 0 {
		t.Fatalf("%s does not have all characters", standard)
	}
	for _, token := range []string{standard, url, strings.TrimRight(standard, "="), strings.TrimRight(url, "=")} {
		if got, err := Parse([]byte(token)); err != nil || got != (Claims{"a.b", "x", "T1"}) {
			t.Errorf("%s says %q, %v", token, got, err)
		}
	}
	for name, token := range map[string]string{
		"mixed, _":          strings.Replace(standard, "/", "_", 1),
		"mixed, -":          strings.Replace(standard, "+", "-", 1),
		"padding too long":  standard + "=",
		"padding too short": strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(text+"  ")), "=") + "=",
		"padding first":     "=" + standard,
		"only padding":      "====",
		"LF at the end":     standard + "\n",
		"CR at the end":     url + "\r",
		"CRLF inside":       standard[:8] + "\r\n" + standard[8:],
		"blank":             standard[:8] + " " + standard[8:],
		"tab":               "\t" + standard,
		"no-break space":    standard + "\u00a0",
		"zero":              standard[:8] + "\x00" + standard[8:],
		"one too many":      strings.Repeat("AAAA", 8) + "A",
		"percent":           "%7B%7D",
	} {
		if got, err := Parse([]byte(token)); !errors.Is(err, ErrBase64) || got != (Claims{}) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestKey(t *testing.T) {
	for _, test := range []struct {
		claims Claims
		want   string // empty: none
	}{
		{sampleClaims, "UTT7VDX8W5.com.contactApp.Contact/7023d9205074199d1c16fc00d24354e778137675"},
		{Claims{"com.example.orders", "x", ""}, "com.example.orders/x"},
		{Claims{"App", "x", "T1"}, "T1.App/x"},
		{Claims{"App", "x", ""}, ""},
		{Claims{"", "x", "T1"}, "T1./x"},
		{Claims{"a.b", "", "T1"}, ""},
		{Claims{"a.b", "x.json", "T1"}, ""},
		{Claims{"a.b", "x/y", "T1"}, ""},
		{Claims{"a/b.c", "x", ""}, ""},
		{Claims{"..", "x", ""}, ""},
		{Claims{}, ""},
	} {
		key, err := test.claims.Key()
		if key.String() != test.want || (err == nil) != (test.want != "") || err != nil && !errors.Is(err, session.ErrKey) {
			t.Errorf("%q: %q, %v, want %q", test.claims, key, err, test.want)
		}
	}
}

// A token says what it was made of, and nothing else is taken for it.
func TestParseAnyClaims(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringN(0, 4, 8)).Filter(utf8.ValidString)
		c := Claims{text.Draw(t, "application"), text.Draw(t, "session"), text.Draw(t, "team")}
		if got, err := Parse(tokenOf(c)); err != nil || got != c {
			t.Fatalf("the token of %q says %q, %v", c, got, err)
		}
	})
}

// Errors do not quote a token, nor what is in it.
func TestErrorsKeepSecrets(t *testing.T) {
	for _, token := range []string{sampleToken + "*", sampleToken[1:], sampleToken[:len(sampleToken)-4], "bm90IGpzb24gYXQgYWxs"} {
		if _, err := Parse([]byte(token)); err == nil || strings.Contains(err.Error(), token[:6]) || strings.Contains(err.Error(), "7023") {
			t.Errorf("%s: %v", token, err)
		}
	}
}
