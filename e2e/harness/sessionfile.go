//go:build unix

package harness

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sessiond/internal/session"
)

// PushToken is the device.token of every session file that the tests make.
const PushToken = "e2e-push-token-5f0c1d7a9b"

// teamID is how an Apple developer team begins the name of an app folder.
var teamID = regexp.MustCompile(`^[A-Z0-9]{10}\.`)

// Content is what stands in a session file.
type Content map[string]any

// NewContent returns a compliant session with a true token for the place that the
// key names.
func NewContent(key session.Key) Content {
	team, application := "", key.App
	if teamID.MatchString(application) {
		team, application = application[:10], application[11:]
	}
	return Content{
		"application": map[string]any{"id": application, "name": "Test", "version": "1.0"},
		"team":        map[string]any{"id": team},
		"device":      map[string]any{"description": "iPhone", "os": "iOS", "version": "18.1", "token": PushToken},
		"session":     map[string]any{"id": key.ID, "ip": "203.0.113.7"},
		"email":       "user@example.com",
		"status":      session.StatusAccepted,
		"token":       Token(application, key.ID, team),
	}
}

// Token returns the connection token of a session.
func Token(application, id, team string) string {
	claims, err := json.Marshal(map[string]string{"appNameID": application, "id": id, "teamID": team}, json.Deterministic(true))
	if err != nil {
		panic(err) // strings always marshal
	}
	return base64.StdEncoding.EncodeToString(claims)
}

// Set changes one member, as the scripts write it: email=TEXT,
// device.simulator:=JSON, or -token to leave it out.
func (c Content) Set(field string) error {
	if path, ok := strings.CutPrefix(field, "-"); ok {
		object, name := c.object(path)
		delete(object, name)
		return nil
	}
	path, text, found := strings.Cut(field, "=")
	if !found {
		return fmt.Errorf("%q is no name=text, name:=json or -name", field)
	}
	var value any = text
	if raw, ok := strings.CutSuffix(path, ":"); ok {
		path, value = raw, jsontext.Value(text)
	}
	object, name := c.object(path)
	object[name] = value
	return nil
}

// object returns the object that holds the last name of a path, and that name.
func (c Content) object(path string) (map[string]any, string) {
	names := strings.Split(path, ".")
	object := map[string]any(c)
	for _, name := range names[:len(names)-1] {
		inner, ok := object[name].(map[string]any)
		if !ok {
			inner = make(map[string]any)
			object[name] = inner
		}
		object = inner
	}
	return object, names[len(names)-1]
}

// With returns a copy with one member of the outermost object changed.
func (c Content) With(name string, value any) Content {
	c = maps.Clone(c)
	c[name] = value
	return c
}

// Bytes returns the content as JSON, as it stands in a file.
func (c Content) Bytes() []byte {
	text, err := json.Marshal(c, json.Deterministic(true), jsontext.WithIndent("\t"))
	if err != nil {
		panic(err) // a test wrote JSON that is none
	}
	return append(text, '\n')
}

// FileOf returns where the session file of a key is.
func FileOf(root string, key session.Key) string {
	return filepath.Join(root, filepath.FromSlash(key.String()))
}

// Replace puts a file in place at once, by renaming a temporary one whose name
// is that of no session file.
func Replace(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	temporary := filepath.Join(filepath.Dir(path), ".e2e.tmp")
	if err := os.WriteFile(temporary, data, 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

// Rewrite writes a file as 4D does: the old content is erased, then the new one
// comes in pieces. pause is called while it is half done.
func Rewrite(path string, data []byte, pause func()) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	defer f.Close() // a second time, where all goes well
	pause()
	for piece := 0; piece < len(data); piece += pieceSize {
		if _, err := f.Write(data[piece:min(piece+pieceSize, len(data))]); err != nil {
			return err
		}
		pause()
	}
	return f.Close()
}

// pieceSize is how many bytes of a file [Rewrite] writes at a time.
const pieceSize = 200

// KeyOf returns the key of a session whose id looks as 4D makes it.
func KeyOf(app, name string) session.Key {
	sum := sha1.Sum([]byte(name))
	return session.Key{App: app, ID: hex.EncodeToString(sum[:])}
}

// NthKey returns the key of the nth session of an app folder.
func NthKey(app string, n int) session.Key {
	return KeyOf(app, fmt.Sprint("session ", n))
}

// Save writes a compliant session file at once, with an e-mail address to know it
// by.
func Save(t testing.TB, root string, key session.Key, email string) {
	t.Helper()
	Must(t, Replace(FileOf(root, key), NewContent(key).With("email", email).Bytes()))
}

// Fill writes the first sessions of an app folder.
func Fill(t testing.TB, root, app string, sessions int) {
	t.Helper()
	for n := range sessions {
		Save(t, root, NthKey(app, n), "first@example.com")
	}
}
