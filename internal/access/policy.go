package access

import (
	"errors"
	"fmt"
	"os/user"
	"slices"
	"strconv"
)

// ErrGroup says that a group does not exist.
var ErrGroup = errors.New("no such group")

// Policy says who is an administrator. The zero Policy knows root only.
type Policy struct {
	group id // whose members are
	own   id // the daemon's user, who is
	// database returns the groups of a user.
	database func(uid int) []int
}

// id is the number of a user or of a group, or of none.
type id struct {
	number int
	is     bool
}

func (i id) matches(number int) bool { return i.is && i.number == number }

// NewPolicy returns the policy of a daemon that runs as the user own. Members of the group
// with the name or the number are administrators, empty for no group; own is one if self
// says so. It returns [ErrGroup] where there is no such group.
func NewPolicy(group string, self bool, own int) (Policy, error) {
	p := Policy{own: id{own, self && own != unmapped}, database: groupsInDatabase}
	if group == "" {
		return p, nil
	}
	if found, err := user.LookupGroup(group); err == nil {
		group = found.Gid
	}
	number, err := strconv.Atoi(group)
	if err != nil || number < 0 {
		return Policy{}, fmt.Errorf("%w: %q", ErrGroup, group)
	}
	p.group = id{number, number != unmapped}
	return p, nil
}

// Group returns the number of the group whose members are administrators, false for none.
func (p Policy) Group() (gid int, ok bool) { return p.group.number, p.group.is }

// Level returns what a peer may do. It may ask the user data base, which can take its
// time where that is on the network.
func (p Policy) Level(of Peer) Level {
	switch {
	case !of.Known, of.UID < 0: // no user has a number below 0
		return Read
	case of.UID == 0, p.own.matches(of.UID):
		return Admin
	case p.group.matches(of.GID), slices.ContainsFunc(of.Groups, p.group.matches):
		return Admin
	case p.group.is && !of.HasGroups && slices.ContainsFunc(p.database(of.UID), p.group.matches):
		return Admin
	}
	return Read
}
