package validate

import (
	"bytes"
	"encoding/base64"
	stdjson "encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"sessiond/internal/session"
	"sessiond/internal/session/sessiontest"
)

// seeds are files of every verdict.
func seeds(t testing.TB) [][]byte {
	all := [][]byte{
		[]byte(sampleFile), []byte("\ufeff" + strings.ReplaceAll(sampleFile, "\n", "\r")),
		nil, []byte("{}"), []byte("[]"), []byte("\ufeff"), []byte(sampleFile + "x"), []byte(sampleFile[:300]),
		with(t, map[string]string{"/status": `"pending"`, "/token": ""}),
		with(t, map[string]string{"/team": "", "/device": "null", "/application/version": "1e999999999"}),
		with(t, map[string]string{"/session/id": "[]", "/token": "{}"}),
		with(t, map[string]string{"/token": quoted(strings.TrimRight(tokenOf(sampleApp, "x", sampleTeam), "="))}),
		[]byte(`{"a":1,"a":2}`), []byte("{\"a\":\"\xff\"}"), []byte(`{"a":"\ud800abc"}`),
	}
	for _, data := range exampleFiles(t) {
		all = append(all, data)
	}
	return all
}

// FuzzJudge holds every verdict about a file's content against other readers of
// the same bytes.
func FuzzJudge(f *testing.F) {
	v := newValidator(f)
	for _, data := range seeds(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		key := keyFor(data)
		s, p := v.Judge(key, bytes.Clone(data))
		if (s == nil) == (p == nil) {
			t.Fatalf("a session is %v and a problem is %v", s, p)
		}
		if again, q := v.Judge(key, bytes.Clone(data)); !cmp.Equal(s, again, sessiontest.Compare()) || !cmp.Equal(p, q) {
			t.Fatalf("judged again: %v, %v; before: %v, %v", again, q, s, p)
		}
		if p != nil {
			checkDetail(t, p, data)
		}
		if p == nil || p.ErrCode != int(session.CodeSyntax) {
			checkAuthority(t, v, p, data)
		}
		if s != nil {
			checkAccepted(t, s, data)
		}
	})
}

// keyFor returns the key that fits the file, as far as another reader can tell,
// so that the later checks are reached; else that of the sample.
func keyFor(data []byte) session.Key {
	var file struct {
		Team        struct{ ID string }
		Application struct{ ID string }
		Session     struct{ ID string }
	}
	if err := stdjson.Unmarshal(session.TrimBOM(data), &file); err != nil {
		return sampleKey
	}
	return session.Key{App: strings.TrimPrefix(file.Team.ID+"."+file.Application.ID, "."), ID: file.Session.ID}
}

// checkDetail sees that the words about a rejected file are plain and short and
// hold no token.
func checkDetail(t *testing.T, p *session.Problem, data []byte) {
	if p.Detail == "" || !utf8.ValidString(p.Detail) || strings.ContainsAny(p.Detail, "\r\n\x1b\x00") {
		t.Fatalf("mobi %d has the detail %q", p.ErrCode, p.Detail)
	}
	syntax := regexp.MustCompile(`^line \d+, column \d+: .{1,200}$`)
	if p.ErrCode == int(session.CodeSyntax) && !syntax.MatchString(p.Detail) {
		t.Fatalf("mobi 2 has the detail %q", p.Detail)
	}
	for _, token := range regexp.MustCompile(`"token"\s*:\s*"([^"]{33,})`).FindAllSubmatch(data, -1) {
		if strings.Contains(p.Detail, string(token[1])) {
			t.Fatalf("the detail shows a token: %s", p.Detail)
		}
	}
}

// checkAuthority sees that what was taken as well-formed is so for the standard
// library too, and that the schema's verdict is jsonschema's own about what
// that reads.
func checkAuthority(t *testing.T, v *Validator, p *session.Problem, data []byte) {
	dec := stdjson.NewDecoder(bytes.NewReader(session.TrimBOM(data)))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		t.Fatalf("taken as well-formed, but %v", err)
	}
	err := v.full.schema.compiled.Validate(value)
	rejected := p != nil && p.ErrCode == int(session.CodeSchema)
	if rejected != (err != nil) {
		t.Fatalf("jsonschema says %v, the problem is %v", err, p)
	}
}

// checkAccepted sees that an accepted file says what its session says.
func checkAccepted(t *testing.T, s *session.Session, data []byte) {
	if s.Digest() != session.DigestOf(data) {
		t.Fatal("the digest is of another file")
	}
	says := s.Details()
	key := s.Key()
	if key.App != strings.TrimPrefix(says.Team.ID+"."+says.Application.ID, ".") || !session.IsAppFolderName(key.App) || !session.IsSessionFileName(key.ID) {
		t.Fatalf("accepted at %q: team.id %q, application.id %q", key, says.Team.ID, says.Application.ID)
	}
	want, err := session.WithoutSecrets(data)
	if err != nil || !bytes.Equal(s.Content(), want) {
		t.Fatalf("the content is %s, want %s, %v", s.Content(), want, err)
	}
	Warnings(s)
}

// FuzzToken judges a file that is right but for its token, and holds the verdict
// against a lenient reader of the same token.
func FuzzToken(f *testing.F) {
	v := newValidator(f)
	for _, text := range []string{
		`{"appNameID":"com.contactApp.Contact","id":"` + sampleID + `","teamID":"UTT7VDX8W5"}`,
		`{"appNameID":"com.contactApp.Contact","id":"` + sampleID + `","teamID":"UTT7VDX8W5","x":"???>>>"}`,
		`{"id":1,"id":2}`, `null`, `[]`, ``, "\xff",
	} {
		f.Add(base64.StdEncoding.EncodeToString([]byte(text)))
		f.Add(base64.RawURLEncoding.EncodeToString([]byte(text)))
	}
	for _, token := range []string{sampleToken, sampleToken + "=", sampleToken[:8] + "\r\n" + sampleToken[8:], "====", "+-", "a b"} {
		f.Add(token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if token == "" || !utf8.ValidString(token) {
			return // the schema's and the syntax's business
		}
		p := checkSample(t, v, token)
		if p != nil {
			if p.ErrCode != int(session.CodeToken) || len(token) > longestName && strings.Contains(p.Detail, token) {
				t.Fatalf("got %v", p)
			}
			return
		}
		if !regexp.MustCompile(`^([A-Za-z0-9+/]+|[A-Za-z0-9_-]+)={0,2}$`).MatchString(token) {
			t.Fatalf("accepted %q", token)
		}
		standard := strings.NewReplacer("-", "+", "_", "/", "=", "").Replace(token)
		text, err := base64.RawStdEncoding.DecodeString(standard)
		if err != nil {
			t.Fatalf("accepted %q: %v", token, err)
		}
		var said map[string]any
		if err := stdjson.Unmarshal(text, &said); err != nil {
			t.Fatalf("accepted %q: %v", text, err)
		}
		if said["appNameID"] != sampleApp || said["id"] != sampleID || said["teamID"] != sampleTeam {
			t.Fatalf("accepted %q", text)
		}
	})
}

// checkSample judges the sample file with another token.
func checkSample(t *testing.T, v *Validator, token string) *session.Problem {
	text, err := stdjson.Marshal(token)
	if err != nil {
		t.Fatal(err)
	}
	s, p := v.Judge(sampleKey, bytes.Replace([]byte(sampleFile), []byte(`"`+sampleToken+`"`), text, 1))
	if (s == nil) == (p == nil) {
		t.Fatalf("a session is %v and a problem is %v", s, p)
	}
	return p
}

// FuzzReader holds the reader against the full validator.
func FuzzReader(f *testing.F) {
	v := newValidator(f)
	for _, data := range append(seeds(f), compactFile, tinyFile, tabbed(f, compactFile)) {
		f.Add(data)
	}
	for _, s := range shapes(f) {
		f.Add(s.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		agree(t, v, keyFor(data), data)
	})
}
