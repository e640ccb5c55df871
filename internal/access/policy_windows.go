package access

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// NewPolicy returns the policy of a daemon. Members of the group with the name or security
// identifier are administrators, empty for no group; the user of this process is one if
// self says so. It returns [ErrGroup] where there is no such group. There are no numbers.
func NewPolicy(group string, self bool, _ int) (p Policy, err error) {
	if p.groupSID, err = GroupSID(group); err != nil {
		return Policy{}, err
	}
	if self {
		p.ownSID, err = OwnSID()
	}
	return p, err
}

// OwnSID returns the security identifier of the user of this process.
func OwnSID() (string, error) {
	own, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return "", fmt.Errorf("cannot tell as whom this process runs: %w", err)
	}
	return own.User.Sid.String(), nil
}

// GroupSID returns the security identifier of a group by its name, such as
// Administrators or DOMAIN\Operators, or by that identifier; empty for no name. It returns
// [ErrGroup] where there is no such group.
func GroupSID(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	if sid, err := windows.StringToSid(name); err == nil {
		return sid.String(), nil
	}
	sid, _, kind, err := windows.LookupSID("", name)
	switch {
	case err != nil:
		return "", fmt.Errorf("%w: %q (%w)", ErrGroup, name, err)
	case kind != windows.SidTypeGroup && kind != windows.SidTypeAlias && kind != windows.SidTypeWellKnownGroup:
		return "", fmt.Errorf("%w: %q is something else", ErrGroup, name)
	}
	return sid.String(), nil
}
