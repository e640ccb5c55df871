package programdata

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Security identifiers that are the same on every Windows.
const (
	administrators = "S-1-5-32-544"
	localSystem    = "S-1-5-18"
	// The entries of these two apply to the owner of the folder, or of what is
	// made in it. Only a trusted user can be either.
	creatorOwner = "S-1-3-0"
	ownerRights  = "S-1-3-4"
)

// Types of entries in an access control list. The others are conditional or for
// directory services; no folder of ours has one.
const (
	typeAllow = 0
	typeDeny  = 1
)

// readOnly are the rights that let nobody change anything: FILE_GENERIC_READ,
// FILE_GENERIC_EXECUTE, GENERIC_READ and GENERIC_EXECUTE.
const readOnly uint32 = 0x120089 | 0x1200a0 | 0x80000000 | 0x20000000

// security describes who owns a folder and who may do what with it.
type security struct {
	owner string // a security identifier, such as S-1-5-18
	// unrestricted is true where there is no access control list, which gives
	// every right to everybody.
	unrestricted bool
	entries      []entry
}

// entry is one entry of an access control list, whether it applies to the folder
// or only to what is made in it.
type entry struct {
	kind uint8
	mask uint32
	sid  string
}

// check returns an error unless the folder is owned by one of the trusted users
// and groups, and nobody else may change it or anything in it.
func (s security) check(trusted []string) error {
	switch {
	case !slices.Contains(trusted, s.owner):
		return fmt.Errorf("it belongs to %s", s.owner)
	case s.unrestricted:
		return errors.New("it has no access control list, so everybody may change it")
	}
	for _, e := range s.entries {
		switch {
		case e.kind == typeDeny, e.kind == typeAllow && e.mask&^readOnly == 0:
		case e.kind != typeAllow:
			return fmt.Errorf("its access control list has an entry of the unknown type %d", e.kind)
		case e.sid != creatorOwner && e.sid != ownerRights && !slices.Contains(trusted, e.sid):
			return fmt.Errorf("%s may change it", e.sid)
		}
	}
	return nil
}

// descriptor returns, in the security descriptor definition language (SDDL), what
// the folder is made with: the first of the trusted as its owner, full access for
// all of them and for nobody else, inherited by everything in it, and nothing
// inherited from above.
func descriptor(trusted []string) string {
	var sddl strings.Builder
	sddl.WriteString("O:" + trusted[0] + "D:P")
	for _, sid := range trusted {
		sddl.WriteString("(A;OICI;FA;;;" + sid + ")")
	}
	return sddl.String()
}
