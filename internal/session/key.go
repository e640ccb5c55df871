package session

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Key names a session by the place of its file: APPFOLDER/SESSIONID, always
// with a slash, whatever the operating system's separator is.
//
// Two keys that name no file stand for what lies beneath them where a whole
// folder cannot be judged: [FolderKey] for an app folder, [RootKey] for the
// MobileApps folder itself.
//
// Keys sort as strings, byte by byte.
type Key string

// RootKey stands for the MobileApps folder as a whole.
const RootKey Key = ""

// NewKey joins the name of an app folder and of a session file. It does not
// check them: [ParseKey] does.
func NewKey[ID string | []byte](app string, id ID) Key { return Key(app + "/" + string(id)) }

// FolderKey stands for everything in one app folder.
func FolderKey(app string) Key { return Key(app + "/") }

// App returns the name of the app folder, empty for [RootKey].
func (k Key) App() string {
	app, _, _ := strings.Cut(string(k), "/")
	return app
}

// ID returns the name of the session file, which is session.id; it is empty
// for a [FolderKey] and for [RootKey].
func (k Key) ID() string {
	_, id, _ := strings.Cut(string(k), "/")
	return id
}

// Head returns the first bytes of a name as a number. Two names are ordered as their
// heads are, unless these are equal.
func Head(name string) uint64 {
	var bytes [8]byte
	copy(bytes[:], name)
	return binary.BigEndian.Uint64(bytes[:])
}

// IsFile reports whether the key names a session file and not a whole folder.
func (k Key) IsFile() bool { return k.ID() != "" }

// shortID is how many bytes of a session.id a log may show.
const shortID = 8

// Short returns the key as logs and metrics may show it: with the beginning of
// the session.id only, never more than half of it. Whoever knows a whole key
// can make the session's token, so a log must not show one.
func (k Key) Short() string {
	if !k.IsFile() {
		return string(k)
	}
	app, id := k.App(), k.ID()
	n := min(shortID, len(id)/2)
	for n > 0 && !utf8.RuneStart(id[n]) {
		n--
	}
	return app + "/" + id[:n] + "…"
}

// ErrKey is what [ParseKey] returns, wrapped, for a text that cannot be a key.
var ErrKey = errors.New("not a session key")

// ParseKey reads a key as people and programs write it, APPFOLDER/SESSIONID,
// and holds both names against the naming rules.
func ParseKey(s string) (Key, error) {
	app, id, found := strings.Cut(s, "/")
	switch {
	case !found:
		return "", fmt.Errorf("%w: %q has no slash; a key is APPFOLDER/SESSIONID", ErrKey, s)
	case !IsAppFolderName(app):
		return "", fmt.Errorf("%w: %q is not the name of an app folder (TEAM.APPLICATION, or APPLICATION with a dot in it)", ErrKey, app)
	case !IsSessionFileName(id):
		return "", fmt.Errorf("%w: %q is not the name of a session file (no dot, no slash, no control character, no ~ at the end, no # at the beginning)", ErrKey, id)
	}
	return Key(s), nil
}

// IsAppFolderName reports whether a directory of this name, directly in the
// root, is an app folder: it contains a dot, but not as its first character, and
// does not begin with a dollar sign, as $RECYCLE.BIN does.
func IsAppFolderName(name string) bool {
	return strings.IndexByte(name, '.') > 0 && name[0] != '$' && isFileName(name)
}

// maxName is the longest name that any file system has, in bytes: 255 characters.
const maxName = 255 * utf8.UTFMax

// IsSessionFileName reports whether a regular file of this name, directly in an
// app folder, is a session file. 4D's own tools take "no extension" as the
// rule; a trailing ~ and a leading # are what editors leave behind, and a control
// character what file synchronisers do ("Icon\r").
func IsSessionFileName[S string | []byte](name S) bool {
	if len(name) == 0 || len(name) > maxName || name[0] == '#' || name[len(name)-1] == '~' {
		return false
	}
	ascii := true
	for i := range len(name) {
		switch c := name[i]; {
		case c == '.', c == '/', c < ' ', c == 0x7f:
			return false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return ascii || utf8.ValidString(string(name)) && strings.IndexFunc(string(name), unicode.IsControl) < 0
}

// isFileName reports whether a name can be that of a file and can be written
// in JSON without loss.
func isFileName(name string) bool {
	return strings.IndexByte(name, '/') < 0 && strings.IndexByte(name, 0) < 0 && utf8.ValidString(name)
}
