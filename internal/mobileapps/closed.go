package mobileapps

import (
	"fmt"
	"io/fs"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"sessiond/internal/session"
)

// Closed is a folder or a file on a path that a user lacks a right to.
type Closed struct {
	Path  string // with all links resolved
	Right Right
	Mode  fs.FileMode
	Owner string // user and group, as USER:GROUP
}

// Right is what a user may not do, as a verb.
type Right string

// The rights.
const (
	RightPass Right = "pass through" // a folder, to what is in it: x
	RightList Right = "list"         // a folder: r
	RightRead Right = "read"         // a file: r
)

// Denies says in words that a user lacks the right: `user sessiond may not pass
// through "/srv/4D" (0750 root:fourd)`.
func (c Closed) Denies(user string) string { return c.denies(user, strconv.Quote(c.Path)) }

func (c Closed) denies(user, place string) string {
	return fmt.Sprintf("user %s may not %s %s (%04o %s)", user, c.Right, place, c.Mode.Perm(), c.Owner)
}

// Denier is a [Tree] that can say why it may not be read.
type Denier interface {
	// Denied says in words which right to which folder the user of this process lacks,
	// so that the root, or the app folder of a key, cannot be read; empty where it is
	// not that, or where it cannot be found out. The key of a file is for where its
	// folder can be read: there is no look at each file.
	Denied(key session.Key) string
}

// Denied implements [Denier].
func (d *Disk) Denied(key session.Key) string {
	if key.IsFile() {
		return fmt.Sprintf("user %s may not read the file", d.user())
	}
	closed, found := FirstClosed(filepath.Join(d.root, key.App))
	switch {
	case !found:
		return ""
	case key.App != "" && filepath.Base(closed.Path) == key.App:
		return closed.denies(d.user(), "the app folder") // the same of all that are alike
	}
	return closed.Denies(d.user())
}

// Denied implements [Denier]. It says nothing where the tree cannot, or does not answer.
func (b *Bounded) Denied(key session.Key) string {
	tree, can := b.tree.(Denier)
	switch {
	case !can:
		return ""
	case key.IsFile():
		return tree.Denied(key)
	}
	t := &target{b: b, app: key.App, impatient: new(atomic.Bool)}
	why, err := ask(t, func() (string, error) { return tree.Denied(key), nil }, nil)
	if err != nil {
		return ""
	}
	return why
}

// userName returns the name of a user, or its number where it has none.
func userName(uid int) string {
	id := strconv.Itoa(uid)
	if found, err := user.LookupId(id); err == nil {
		return found.Username
	}
	return id
}

// groupName is userName for a group.
func groupName(gid int) string {
	id := strconv.Itoa(gid)
	if found, err := user.LookupGroupId(id); err == nil {
		return found.Name
	}
	return id
}

// names splits a path.
func names(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == filepath.Separator })
}
