package replica

import (
	"strings"
	"time"
)

// Keys of the log that are of no session.
const (
	KeyStatus = "status" // what the authority's status says
	KeyHead   = "head"   // a heartbeat, a fence, or the end
)

// TombstoneTTL is how long a removal stays in the log. A reader that was away for more
// than half of it reads everything again: one that goes on after a removal has expired
// would keep the session, and nothing would tell it.
const TombstoneTTL = 24 * time.Hour

// Message is a message of a log.
type Message struct {
	Key     string
	Payload []byte // nil where only headers are read

	// Removed says that the key has ended, and Reason why.
	Removed bool
	Reason  string
	// Digest is that of hash and payload; nil where there is none, as for a head.
	Digest *Sum
	// Revision is that of the authority's store with which the session came to be what it
	// is; 0 where there is none.
	Revision uint64
	// Head is the text of a [Head]; empty where the message carries none.
	Head string

	// Sequence is where the message lies in the log, Pending how many messages lay behind it
	// when it was sent, and Time when it was appended, by the engine's clock. They are the
	// log's, and not looked at by an append.
	Sequence uint64
	Pending  uint64
	Time     time.Time
}

// kind says what a key of the log is of.
type kind byte

const (
	kindSession kind = 's'
	kindProblem kind = 'p'
	kindOther   kind = 0 // head, status, and what a later version may add
)

// key returns the key in the log of what is said of a hash.
func (k kind) key(h Hash) string { return string(k) + "." + h.String() }

// parseKey says what a key is of.
func parseKey(key string) (kind, Hash) {
	name, rest, _ := strings.Cut(key, ".")
	if h, ok := parseHash(rest); ok && len(name) == 1 && (kind(name[0]) == kindSession || kind(name[0]) == kindProblem) {
		return kind(name[0]), h
	}
	return kindOther, Hash{}
}
