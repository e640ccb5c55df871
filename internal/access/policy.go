package access

import (
	"errors"
	"slices"
)

// ErrGroup says that a group does not exist.
var ErrGroup = errors.New("no such group")

// Policy says who is an administrator. The zero Policy knows root only, and on Windows the
// system and the administrators of the machine.
type Policy struct {
	group id // whose members are
	own   id // the daemon's user, who is
	// database returns the groups of a user.
	database func(uid int) []int

	// The same as security identifiers, on Windows; empty for none.
	groupSID, ownSID string
}

// id is the number of a user or of a group, or of none.
type id struct {
	number int
	is     bool
}

func (i id) matches(number int) bool { return i.is && i.number == number }

// Group returns the number of the group whose members are administrators, false for none.
func (p Policy) Group() (gid int, ok bool) { return p.group.number, p.group.is }

// Level returns what a peer may do. It may ask the user data base, which can take its
// time where that is on the network.
func (p Policy) Level(of Peer) Level {
	switch {
	case !of.Known, of.UID < 0: // no user has a number below 0
		return Read
	case of.SID != "":
		return p.levelOnWindows(of)
	case of.UID == 0, p.own.matches(of.UID):
		return Admin
	case p.group.matches(of.GID), slices.ContainsFunc(of.Groups, p.group.matches):
		return Admin
	case p.group.is && !of.HasGroups && slices.ContainsFunc(p.database(of.UID), p.group.matches):
		return Admin
	}
	return Read
}

// Security identifiers that are the same on every Windows.
const (
	systemSID         = "S-1-5-18"
	administratorsSID = "S-1-5-32-544"
)

func (p Policy) levelOnWindows(of Peer) Level {
	switch {
	case of.SID == systemSID, of.SID == p.ownSID:
		return Admin
	case slices.Contains(of.GroupSIDs, administratorsSID), p.groupSID != "" && slices.Contains(of.GroupSIDs, p.groupSID):
		return Admin
	}
	return Read
}
