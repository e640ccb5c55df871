package edit

import (
	"crypto/rand"
	"encoding/hex"
	"strings"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// use is what a temporary file is for.
type use string

const (
	forChange   use = "e" // beside a file that is changed or restored: the new one, later the old one
	forDeletion use = "d" // a file that is being deleted
)

// temporary is what the name of a temporary file says: enough to put things in order
// again after a crash.
type temporary struct {
	use  use
	read session.Digest // of the session file when it was read
	id   string         // of the session
}

// longestName is how many bytes every file system allows for a name.
const longestName = 255

// randomLength is how many characters of five bits make a name that is not taken.
const randomLength = 12

// name returns a name that is not taken:
// .sessiond-USE-DIGEST-RANDOM-ID.tmp.
func (t temporary) name() string {
	return ".sessiond-" + string(t.use) + "-" + hex.EncodeToString(t.read[:]) + "-" + rand.Text()[:randomLength] + "-" + t.id + ".tmp"
}

// fits reports whether temporary files of a session can have names.
func fits(id string) bool {
	return len(temporary{use: forChange, id: id}.name()) <= longestName
}

// parseTemporary is the reverse of [temporary.name].
func parseTemporary(name string) (t temporary, ok bool) {
	if !mobileapps.IsTemporary(name) {
		return temporary{}, false
	}
	parts := strings.SplitN(strings.TrimSuffix(strings.TrimPrefix(name, ".sessiond-"), ".tmp"), "-", 4)
	if len(parts) != 4 {
		return temporary{}, false
	}
	// Windows' way to exchange two files adds a ~ in the middle of it.
	t.use, t.id = use(parts[0]), strings.TrimSuffix(parts[3], "~")
	if !session.IsSessionFileName(t.id) {
		return temporary{}, false
	}
	digest, err := hex.DecodeString(parts[1])
	if err != nil || len(digest) != len(t.read) || t.use != forChange && t.use != forDeletion {
		return temporary{}, false
	}
	t.read = session.Digest(digest)
	return t, true
}
