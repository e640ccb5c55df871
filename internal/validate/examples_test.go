package validate

import (
	"os"
	"path/filepath"
	"testing"

	"sessiond/internal/session"
)

// Every session file that the repository shows as an example is compliant, and
// there is nothing odd about it.
func TestExamples(t *testing.T) {
	v := newValidator(t)
	type example struct {
		*session.Session
		data []byte
	}
	var examples []example
	for key, data := range exampleFiles(t) {
		t.Run(key.String(), func(t *testing.T) {
			s := wantSession(t, v, key, data)
			if w := Warnings(s); len(w) > 0 {
				t.Errorf("warnings: %v", w)
			}
			examples = append(examples, example{s, data})
		})
	}
	for what, shown := range map[string]func(example) bool{
		"iOS":              func(s example) bool { return s.Details().Device.OS == "iOS" },
		"iPadOS":           func(s example) bool { return s.Details().Device.OS == "iPadOS" },
		"Android":          func(s example) bool { return s.Details().Device.OS == "Android" },
		"pending":          func(s example) bool { return s.Status() == session.StatusPending },
		"no team":          func(s example) bool { return s.Details().Team.ID == "" },
		"byte-order mark":  func(s example) bool { return string(s.data[:3]) == "\ufeff" },
		"CR as git got it": func(s example) bool { return s.data[4] == '\r' && s.data[5] == '\t' },
		"LF as git got it": func(s example) bool { return s.data[1] == '\n' },
		"version a number": func(s example) bool { return s.Details().Application.Version == "1" },
	} {
		found := false
		for _, s := range examples {
			found = found || shown(s)
		}
		if !found {
			t.Errorf("no example shows: %s", what)
		}
	}
}

// exampleFiles reads the session files of examples/MobileApps, by key.
func exampleFiles(t testing.TB) map[session.Key][]byte {
	t.Helper()
	root := filepath.Join("..", "..", "examples", "MobileApps")
	paths, err := filepath.Glob(filepath.Join(root, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[session.Key][]byte)
	for _, path := range paths {
		app, id := filepath.Base(filepath.Dir(path)), filepath.Base(path)
		if !session.IsAppFolderName(app) || !session.IsSessionFileName(id) {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[session.Key{App: app, ID: id}] = data
	}
	return files
}
