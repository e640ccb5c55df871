package validate

import (
	"encoding/base64"
	"strings"
	"testing"

	"sessiond/internal/session"
)

const (
	notBase64  = "/token: is not base64"
	notJSON    = "/token: does not hold well-formed JSON"
	notStrings = "/token: is not a JSON object with the strings appNameID, id and teamID"
	otherApp   = "appNameID differs from application.id"
	otherID    = "id differs from session.id"
	otherTeam  = "teamID differs from team.id"
)

// The ids of the tokens below; with them both alphabets have a character of
// their own in the encoded text.
const (
	shortApp  = "com.example.a"
	shortID   = "7023"
	shortTeam = "T1"
)

// judgeToken judges the sample file with these ids, in its place, and a token.
func judgeToken(t *testing.T, v *Validator, team, token string) *session.Problem {
	t.Helper()
	folder := shortApp
	if team != "" {
		folder = team + "." + shortApp
	}
	_, p := v.Judge(session.Key{App: folder, ID: shortID}, with(t, map[string]string{
		"/application/id": quoted(shortApp), "/session/id": quoted(shortID), "/team/id": quoted(team), "/token": quoted(token),
	}))
	return p
}

func TestTokenContent(t *testing.T) {
	tests := []struct {
		name, team, text, want string
	}{
		{"4D's own", "T1", `{"appNameID":"com.example.a","id":"7023","teamID":"T1"}`, ""},
		{"other order and white space", "T1", " {\r\n\"teamID\":\"T1\", \"id\" : \"7023\",\t\"appNameID\":\"com.example.a\"}\n", ""},
		{"escapes", "T1", `{"appNameID":"com\u002eexample.a","\u0069d":"7023","teamID":"\u0054\u0031"}`, ""},
		{"extra members", "T1", `{"appNameID":"com.example.a","id":"7023","teamID":"T1","x":[1e999999999,{"id":1}],"ID":2}`, ""},
		{"team empty", "", `{"appNameID":"com.example.a","id":"7023","teamID":""}`, ""},
		{"team null", "", `{"appNameID":"com.example.a","id":"7023","teamID":null}`, ""},
		{"team absent", "", `{"appNameID":"com.example.a","id":"7023"}`, ""},

		{"app differs", "T1", `{"appNameID":"com.example.b","id":"7023","teamID":"T1"}`, "/token: " + otherApp},
		{"app differs in case", "T1", `{"appNameID":"com.example.A","id":"7023","teamID":"T1"}`, "/token: " + otherApp},
		{"app with the team", "T1", `{"appNameID":"T1.com.example.a","id":"7023","teamID":"T1"}`, "/token: " + otherApp},
		{"app absent", "T1", `{"id":"7023","teamID":"T1"}`, "/token: " + otherApp},
		{"app null", "T1", `{"appNameID":null,"id":"7023","teamID":"T1"}`, "/token: " + otherApp},
		{"id differs", "T1", `{"appNameID":"com.example.a","id":"7024","teamID":"T1"}`, "/token: " + otherID},
		{"id absent", "T1", `{"appNameID":"com.example.a","teamID":"T1"}`, "/token: " + otherID},
		{"id empty", "T1", `{"appNameID":"com.example.a","id":"","teamID":"T1"}`, "/token: " + otherID},
		{"team differs", "T1", `{"appNameID":"com.example.a","id":"7023","teamID":"T2"}`, "/token: " + otherTeam},
		{"team absent, but one in the file", "T1", `{"appNameID":"com.example.a","id":"7023"}`, "/token: " + otherTeam},
		{"team null, but one in the file", "T1", `{"appNameID":"com.example.a","id":"7023","teamID":null}`, "/token: " + otherTeam},
		{"team, but none in the file", "", `{"appNameID":"com.example.a","id":"7023","teamID":"T1"}`, "/token: " + otherTeam},
		{"names in other case", "T1", `{"appnameid":"com.example.a","ID":"7023","TeamID":"T1"}`, "/token: " + otherApp + "; " + otherID + "; " + otherTeam},
		{"all differ", "T1", `{}`, "/token: " + otherApp + "; " + otherID + "; " + otherTeam},
		{"null", "T1", `null`, "/token: " + otherApp + "; " + otherID + "; " + otherTeam},

		{"id a number", "T1", `{"appNameID":"com.example.a","id":7023,"teamID":"T1"}`, notStrings},
		{"app an array", "T1", `{"appNameID":["com.example.a"],"id":"7023","teamID":"T1"}`, notStrings},
		{"team an object", "T1", `{"appNameID":"com.example.a","id":"7023","teamID":{}}`, notStrings},
		{"team false", "", `{"appNameID":"com.example.a","id":"7023","teamID":false}`, notStrings},
		{"array", "T1", `["com.example.a","7023","T1"]`, notStrings},
		{"string", "T1", `"7023"`, notStrings},
		{"number", "T1", `7023`, notStrings},

		{"empty", "T1", " ", notJSON},
		{"not JSON", "T1", `com.example.a 7023 T1`, notJSON},
		{"cut off", "T1", `{"appNameID":"com.example.a","id":"7023","teamID":"T1"`, notJSON},
		{"trailing data", "T1", `{"appNameID":"com.example.a","id":"7023","teamID":"T1"}{}`, notJSON},
		{"trailing zero", "T1", "{\"appNameID\":\"com.example.a\",\"id\":\"7023\",\"teamID\":\"T1\"}\x00", notJSON},
		{"duplicate name", "T1", `{"appNameID":"com.example.a","id":"0","id":"7023","teamID":"T1"}`, notJSON},
		{"duplicate name beside", "T1", `{"appNameID":"com.example.a","id":"7023","teamID":"T1","x":1,"x":1}`, notJSON},
		{"invalid UTF-8", "T1", "{\"appNameID\":\"com.example.a\",\"id\":\"7023\",\"teamID\":\"T1\",\"x\":\"\xff\"}", notJSON},
		{"lone surrogate", "T1", `{"appNameID":"com.example.a","id":"7023","teamID":"T1","x":"\ud800"}`, notJSON},
		{"byte-order mark", "T1", "\ufeff{\"appNameID\":\"com.example.a\",\"id\":\"7023\",\"teamID\":\"T1\"}", notJSON},
		{"too deep", "T1", `{"appNameID":"com.example.a","id":"7023","teamID":"T1","x":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`, notJSON},
	}
	v := newValidator(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := judgeToken(t, v, tt.team, base64.StdEncoding.EncodeToString([]byte(tt.text)))
			wantTokenProblem(t, p, tt.want)
		})
	}
}

func TestTokenEncoding(t *testing.T) {
	// Three lengths of the text give the three lengths of padding, and the
	// extra member gives each alphabet its own two characters.
	texts := map[string]string{
		"no padding":  `{"appNameID":"com.example.a","id":"7023","teamID":"T1","x":"???>>>~~~"}`,
		"one equals":  `{"appNameID":"com.example.a","id":"7023","teamID":"T1","x":"???>>>~~~"}` + " ",
		"two equals":  `{"appNameID":"com.example.a","id":"7023","teamID":"T1","x":"???>>>~~~"}` + "  ",
		"plain bytes": `{"appNameID":"com.example.a","id":"7023","teamID":"T1"}`,
	}
	v := newValidator(t)
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			standard := base64.StdEncoding.EncodeToString([]byte(text))
			url := base64.URLEncoding.EncodeToString([]byte(text))
			for _, right := range []string{standard, url, strings.TrimRight(standard, "="), strings.TrimRight(url, "=")} {
				wantTokenProblem(t, judgeToken(t, v, shortTeam, right), "")
			}
			for _, wrong := range []string{
				standard + "=", url + "=", standard + "====",
				standard + "\n", standard + "\r", "\n" + standard, standard[:8] + "\r\n" + standard[8:], url[:8] + "\n" + url[8:],
				" " + standard, standard + " ", standard[:8] + "\t" + standard[8:], standard[:8] + "\u00a0" + standard[8:],
				"=" + standard, standard[:8] + "=" + standard[8:], standard[:8] + "==" + standard[8:],
				standard[:len(strings.TrimRight(standard, "="))-1] + "*" + strings.Repeat("=", strings.Count(standard, "=")),
				standard[:8] + "\x00" + standard[8:], "%" + standard,
			} {
				wantTokenProblem(t, judgeToken(t, v, shortTeam, wrong), notBase64)
			}
		})
	}

	standard := base64.StdEncoding.EncodeToString([]byte(texts["no padding"]))
	t.Run("mixed alphabets", func(t *testing.T) {
		if strings.Count(standard, "/") == 0 || strings.Count(standard, "+") == 0 {
			t.Fatalf("the token %s does not have both characters", standard)
		}
		wantTokenProblem(t, judgeToken(t, v, shortTeam, strings.Replace(standard, "/", "_", 1)), notBase64)
		wantTokenProblem(t, judgeToken(t, v, shortTeam, strings.Replace(standard, "+", "-", 1)), notBase64)
	})
	t.Run("padding cut short", func(t *testing.T) {
		two := base64.StdEncoding.EncodeToString([]byte(texts["two equals"]))
		wantTokenProblem(t, judgeToken(t, v, shortTeam, two[:len(two)-1]), notBase64)
	})
	t.Run("one character too many", func(t *testing.T) {
		wantTokenProblem(t, judgeToken(t, v, shortTeam, standard+"A"), notBase64)
	})
	t.Run("only padding", func(t *testing.T) {
		wantTokenProblem(t, judgeToken(t, v, shortTeam, "===="), notBase64)
	})
}

// A session may do without a token, whatever its status; where it has one, it is
// checked.
func TestTokenIsOptional(t *testing.T) {
	v := newValidator(t)
	for _, status := range []string{session.StatusAccepted, session.StatusPending} {
		wantSession(t, v, sampleKey, with(t, map[string]string{"/status": quoted(status), "/token": ""}))
		wantSession(t, v, sampleKey, with(t, map[string]string{"/status": quoted(status)}))
		wantProblem(t, v, sampleKey, with(t, map[string]string{"/status": quoted(status), "/token": quoted(tokenOf(sampleApp, "x", sampleTeam))}),
			session.CodeToken, "/token: "+otherID)
	}
}

func wantTokenProblem(t *testing.T, p *session.Problem, want string) {
	t.Helper()
	switch {
	case p == nil && want != "":
		t.Errorf("accepted, want %s", want)
	case p != nil && (p.ErrCode != int(session.CodeToken) || p.Detail != want):
		t.Errorf("got mobi %d: %q, want %q", p.ErrCode, p.Detail, want)
	}
}
