package validate

import (
	"strings"
	"testing"

	"sessiond/internal/session"
)

func TestLocation(t *testing.T) {
	const (
		fileWrong = "session.id does not match the name of the file"
		noFolder  = "team.id and application.id make no name that an app folder can have"
	)
	tests := []struct {
		name          string
		team, app, id string // JSON texts; empty: absent
		key           session.Key
		want          string // empty: in the right place
	}{
		{"with team", `"T1"`, `"com.example.a"`, `"x"`, session.Key{App: "T1.com.example.a", ID: "x"}, ""},
		{"team empty", `""`, `"com.example.a"`, `"x"`, session.Key{App: "com.example.a", ID: "x"}, ""},
		{"team null", "null", `"com.example.a"`, `"x"`, session.Key{App: "com.example.a", ID: "x"}, ""},
		{"team absent", "", `"com.example.a"`, `"x"`, session.Key{App: "com.example.a", ID: "x"}, ""},
		{"short app with team", `"T1"`, `"a"`, `"x"`, session.Key{App: "T1.a", ID: "x"}, ""},
		{"escaped", `"\u0054\u0031"`, `"com\u002eexample.a"`, `"\u0078"`, session.Key{App: "T1.com.example.a", ID: "x"}, ""},
		{"not ASCII", `"T1"`, `"com.example.é"`, `"ß"`, session.Key{App: "T1.com.example.é", ID: "ß"}, ""},
		{"control character in the folder", `"T1"`, `"com.example\n"`, `"x"`, session.Key{App: "T1.com.example\n", ID: "x"}, ""},
		{"blanks", `"T1"`, `"com.example.a "`, `" "`, session.Key{App: "T1.com.example.a ", ID: " "}, ""},

		{"team differs", `"T2"`, `"com.example.a"`, `"x"`, session.Key{App: "T1.com.example.a", ID: "x"}, `team.id does not match the app folder`},
		{"team differs in case", `"t1"`, `"com.example.a"`, `"x"`, session.Key{App: "T1.com.example.a", ID: "x"}, `team.id does not match the app folder`},
		{"team missing in the file", "", `"com.example.a"`, `"x"`, session.Key{App: "T1.com.example.a", ID: "x"}, `team.id does not match the app folder`},
		{"team missing in the folder", `"T1"`, `"com.example.a"`, `"x"`, session.Key{App: "com.example.a", ID: "x"}, `team.id does not match the app folder`},
		{"app differs", `"T1"`, `"com.example.b"`, `"x"`, session.Key{App: "T1.com.example.a", ID: "x"}, `application.id does not match the app folder`},
		{"app differs in case", `"T1"`, `"com.example.A"`, `"x"`, session.Key{App: "T1.com.example.a", ID: "x"}, `application.id does not match the app folder`},
		{"app is the end of another", `"T1"`, `"example.a"`, `"x"`, session.Key{App: "T1.com.example.a", ID: "x"}, `application.id does not match the app folder`},
		{"composed otherwise", `"T1"`, `"com.example.e\u0301"`, `"x"`, session.Key{App: "T1.com.example.é", ID: "x"}, "application.id does not match the app folder"},
		{"folder is the team and a dot", `"T1"`, `"com.example.a"`, `"x"`, session.Key{App: "T1.", ID: "x"}, `application.id does not match the app folder`},
		{"both differ", `"T2"`, `"com.example.b"`, `"y"`, session.Key{App: "T1.com.example.a", ID: "y"}, `team.id and application.id do not match the app folder`},
		{"app differs, no team", "", `"com.example.b"`, `"y"`, session.Key{App: "com.example.a", ID: "y"}, `team.id and application.id do not match the app folder`},

		{"file differs", `"T1"`, `"com.example.a"`, `"y"`, session.Key{App: "T1.com.example.a", ID: "x"}, fileWrong},
		{"file differs in case", `"T1"`, `"com.example.a"`, `"X"`, session.Key{App: "T1.com.example.a", ID: "x"}, fileWrong},
		{"file differs at the end", `"T1"`, `"com.example.a"`, `"x "`, session.Key{App: "T1.com.example.a", ID: "x"}, fileWrong},
		{"file and app", `"T1"`, `"com.example.b"`, `"y"`, session.Key{App: "T1.com.example.a", ID: "x"}, `application.id does not match the app folder; ` + fileWrong},

		{"folder with a slash", `"T1"`, `"com/example.a"`, `"x"`, session.Key{App: "T1.com", ID: "example.a/x"}, noFolder + "; " + fileWrong},
		{"folder with a zero", `"T1"`, `"com.example\u0000"`, `"x"`, session.Key{App: "T1.com.example\x00", ID: "x"}, noFolder},
		{"folder without a dot", "", `"example"`, `"x"`, session.Key{App: "example", ID: "x"}, noFolder},
		{"folder with a leading dot", "", `".example"`, `"x"`, session.Key{App: ".example", ID: "x"}, noFolder},
		{"folder with a dollar sign", "", `"$RECYCLE.BIN"`, `"x"`, session.Key{App: "$RECYCLE.BIN", ID: "x"}, noFolder},
		{"folder is the parent", "", `".."`, `"x"`, session.Key{App: "..", ID: "x"}, noFolder},
		{"folder too long", `"T1"`, quoted("com." + strings.Repeat("a", 250)), `"x"`, session.Key{App: "T1.com.example.a", ID: "x"}, "application.id does not match the app folder"},
		{"file with a slash", `"T1"`, `"com.example.a"`, `"x/y"`, session.Key{App: "T1.com.example.a", ID: "x/y"}, fileWrong},
		{"file with a zero", `"T1"`, `"com.example.a"`, `"x\u0000"`, session.Key{App: "T1.com.example.a", ID: "x\x00"}, fileWrong},
		{"file with a control character", `"T1"`, `"com.example.a"`, `"Icon\r"`, session.Key{App: "T1.com.example.a", ID: "Icon\r"}, fileWrong},
		{"file with a dot", `"T1"`, `"com.example.a"`, `"x.json"`, session.Key{App: "T1.com.example.a", ID: "x.json"}, fileWrong},
		{"file is the parent", `"T1"`, `"com.example.a"`, `".."`, session.Key{App: "T1.com.example.a", ID: ".."}, fileWrong},
		{"editor's leftover", `"T1"`, `"com.example.a"`, `"x~"`, session.Key{App: "T1.com.example.a", ID: "x~"}, fileWrong},

		{"session.id in application.id", `"T1"`, `"com.7023d920"`, `"7023d920"`, session.Key{App: "T1.com.example.a", ID: "7023d920"}, "application.id does not match the app folder"},
	}
	v := newValidator(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := with(t, map[string]string{
				"/team/id": tt.team, "/application/id": tt.app, "/session/id": tt.id,
				"/token": "", "/status": `"pending"`,
			})
			if tt.want == "" {
				wantSession(t, v, tt.key, data)
				return
			}
			wantProblem(t, v, tt.key, data, session.CodeLocation, tt.want)
		})
	}
}

// Without a team member, or with a null one, the folder is application.id.
func TestLocationWithoutTeam(t *testing.T) {
	v := newValidator(t)
	token := quoted(tokenOf(sampleApp, sampleID, ""))
	for _, team := range []string{"", "null", "{}"} {
		data := with(t, map[string]string{"/team": team, "/token": token})
		wantSession(t, v, session.Key{App: sampleApp, ID: sampleID}, data)
		wantProblem(t, v, sampleKey, data, session.CodeLocation, `team.id does not match the app folder`)
	}
}

func TestLocationDetailKeepsSecrets(t *testing.T) {
	v := newValidator(t)
	other := session.Key{App: "com.example.other", ID: "0"}
	for name, edits := range map[string]map[string]string{
		"plain":               nil,
		"id in the app's":     {"/application/id": quoted("com." + sampleID)},
		"id in the team's":    {"/team/id": quoted(sampleID)},
		"token in the app's":  {"/application/id": quoted("com." + sampleToken)},
		"token in the team's": {"/team/id": quoted(sampleToken)},
	} {
		t.Run(name, func(t *testing.T) {
			_, p := v.Judge(other, with(t, edits))
			if p == nil || p.ErrCode != int(session.CodeLocation) || leaks(p.Detail, sampleID) || leaks(p.Detail, sampleToken) {
				t.Errorf("got %v", p)
			}
		})
	}
}
