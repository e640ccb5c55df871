package session

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Key names a session by the place of its file: the app folder and the file's
// name, which is session.id. As text it is APPFOLDER/SESSIONID, always with a slash,
// whatever the operating system's separator is.
//
// A key without an ID names a whole app folder, the zero Key the MobileApps folder
// itself: in reports it covers everything below, where that cannot be judged.
type Key struct{ App, ID string }

// Folder returns the key of the app folder.
func (k Key) Folder() Key { return Key{App: k.App} }

// IsRoot reports whether the key names the MobileApps folder as a whole.
func (k Key) IsRoot() bool { return k == Key{} }

// IsFile reports whether the key names a session file and not a whole folder.
func (k Key) IsFile() bool { return k.ID != "" }

// Clone returns a copy that shares no memory: the key of a [Session] keeps the
// content alive.
func (k Key) Clone() Key { return Key{App: k.App, ID: strings.Clone(k.ID)} }

// String returns APPFOLDER/SESSIONID, APPFOLDER/ for a whole folder, nothing for the
// root.
func (k Key) String() string {
	if k.IsRoot() {
		return ""
	}
	return k.App + "/" + k.ID
}

// Compare orders keys as their texts are ordered, byte by byte.
func (k Key) Compare(other Key) int {
	if k.App == other.App {
		return strings.Compare(k.ID, other.ID)
	}
	// A slash follows the folder's name, and there are characters before it.
	a, b := k.App, other.App
	switch {
	case a == "" || b == "":
		return strings.Compare(a, b)
	case strings.HasPrefix(a, b):
		return strings.Compare(a[len(b):], "/")
	case strings.HasPrefix(b, a):
		return strings.Compare("/", b[len(a):])
	}
	return strings.Compare(a, b)
}

// CompareReach orders keys by how much they cover: the root, then app folders, then
// files, each as [Key.Compare] does. Lists of what is wrong have this order, so that
// their beginning names what concerns most sessions.
func (k Key) CompareReach(other Key) int {
	switch {
	case k.IsFile() == other.IsFile():
		return k.Compare(other)
	case other.IsFile():
		return -1
	}
	return +1
}

// AppendText implements [encoding.TextAppender].
func (k Key) AppendText(to []byte) ([]byte, error) { return append(to, k.String()...), nil }

// MarshalText implements [encoding.TextMarshaler].
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]. It accepts what the daemon
// writes, including keys of folders, and does not check names against the naming
// rules.
func (k *Key) UnmarshalText(text []byte) error {
	app, id, found := strings.Cut(string(text), "/")
	if !found && app != "" {
		return fmt.Errorf("%w: %q has no slash", ErrKey, text)
	}
	*k = Key{App: app, ID: id}
	return nil
}

// shortID is how many bytes of a session.id a log may show.
const shortID = 8

// Short returns the key as logs and metrics may show it: with the beginning of the
// session.id only, never more than half of it. A whole key is enough to make the
// session's token, so a log must not show one. People type what they read there, so
// nothing stands for the rest, unless there would be nothing else.
func (k Key) Short() string {
	if !k.IsFile() {
		return k.String()
	}
	n := min(shortID, len(k.ID)/2)
	for n > 0 && !utf8.RuneStart(k.ID[n]) {
		n--
	}
	if n == 0 { // as it would be of the folder
		return k.App + "/…"
	}
	return k.App + "/" + k.ID[:n]
}

// ErrKey is what [ParseKey] returns, wrapped, for a text that cannot be a key.
var ErrKey = errors.New("not a session key")

// ParseKey parses a key as people and programs write it, APPFOLDER/SESSIONID, and
// checks both names against the naming rules.
func ParseKey(s string) (Key, error) {
	app, id, found := strings.Cut(s, "/")
	switch {
	case !found:
		return Key{}, fmt.Errorf("%w: %q has no slash; a key is APPFOLDER/SESSIONID", ErrKey, s)
	case !IsAppFolderName(app):
		return Key{}, fmt.Errorf("%w: %q is not the name of an app folder (TEAM.APPLICATION, or APPLICATION with a dot in it)", ErrKey, app)
	case !IsSessionFileName(id):
		return Key{}, fmt.Errorf("%w: %q is not the name of a session file (no dot, no slash, no control character, no ~ at the end, no # at the beginning)", ErrKey, id)
	}
	return Key{App: app, ID: id}, nil
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
