// Package access knows who is at the other end of a connection, as the system tells it,
// and what that person or program may do (administration contract, section 1).
//
// Whoever may connect may look. What changes anything, or counts as asked for by somebody
// responsible, is for administrators: root, the daemon's own user, and the members of one
// group. Who connects is who counts: a proxy lends its level to everybody behind it.
package access

// Level is what a client may do. Each level includes those below it.
type Level uint8

const (
	// Read is to look, to follow, and to ask for a look at the files.
	Read Level = iota
	// Admin is to change things, too.
	Admin
)

// String returns the name of the level: read or admin.
func (l Level) String() string {
	if l == Admin {
		return "admin"
	}
	return "read"
}
