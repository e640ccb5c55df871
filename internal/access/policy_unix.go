//go:build unix

package access

import (
	"fmt"
	"os/user"
	"strconv"
)

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
