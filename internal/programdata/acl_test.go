package programdata

import (
	"slices"
	"strings"
	"testing"
)

const (
	user     = "S-1-5-21-1-2-3-1001"
	stranger = "S-1-5-21-1-2-3-1002"
	everyone = "S-1-1-0"
	users    = "S-1-5-32-545"

	fullAccess = 0x1f01ff
	addFile    = 0x2
	addFolder  = 0x4
	writeDAC   = 0x40000
	genericAll = 0x10000000
)

func TestCheck(t *testing.T) {
	trusted := []string{administrators, localSystem, user}
	made := []entry{{typeAllow, fullAccess, administrators}, {typeAllow, fullAccess, localSystem}, {typeAllow, fullAccess, user}}
	with := func(more ...entry) []entry { return append(slices.Clip(made), more...) }
	for name, test := range map[string]struct {
		folder security
		want   string // a part of the error, empty for none
	}{
		"as it is made":                  {security{owner: administrators, entries: made}, ""},
		"of the system":                  {security{owner: localSystem, entries: made}, ""},
		"of the daemon's user":           {security{owner: user, entries: made}, ""},
		"nobody may do anything":         {security{owner: administrators}, ""},
		"others may read":                {security{owner: administrators, entries: with(entry{typeAllow, 0x1200a9, users})}, ""},
		"others may read, in generic":    {security{owner: administrators, entries: with(entry{typeAllow, 0xa0000000, everyone})}, ""},
		"others may not write":           {security{owner: administrators, entries: with(entry{typeDeny, fullAccess, everyone})}, ""},
		"who makes a file may change it": {security{owner: administrators, entries: with(entry{typeAllow, genericAll, creatorOwner})}, ""},
		"the owner may":                  {security{owner: administrators, entries: with(entry{typeAllow, writeDAC, ownerRights})}, ""},

		"another's":                        {security{owner: stranger, entries: made}, "belongs to " + stranger},
		"another's, who shut it":           {security{owner: stranger}, "belongs to " + stranger},
		"without a list":                   {security{owner: administrators, unrestricted: true}, "everybody"},
		"as made by hand, users add files": {security{owner: administrators, entries: with(entry{typeAllow, addFile, users})}, users + " may change it"},
		"users add folders":                {security{owner: administrators, entries: with(entry{typeAllow, addFolder, users})}, users + " may change it"},
		"another sets the list":            {security{owner: administrators, entries: with(entry{typeAllow, writeDAC, stranger})}, stranger + " may change it"},
		"everyone, in generic":             {security{owner: administrators, entries: with(entry{typeAllow, genericAll, everyone})}, everyone + " may change it"},
		"a denial first":                   {security{owner: administrators, entries: []entry{{typeDeny, addFile, stranger}, {typeAllow, addFile, everyone}}}, "may change it"},
		"a conditional entry":              {security{owner: administrators, entries: with(entry{kind: 9, mask: fullAccess})}, "unknown type 9"},
	} {
		t.Run(name, func(t *testing.T) {
			err := test.folder.check(trusted)
			switch {
			case test.want == "" && err != nil:
				t.Errorf("check = %v, want none", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("check = %v, want an error with %q", err, test.want)
			}
		})
	}
}

// The daemon's user is not trusted by a service that runs as another.
func TestCheckOfAnotherProcess(t *testing.T) {
	folder := security{owner: user, entries: []entry{{typeAllow, fullAccess, user}}}
	if err := folder.check([]string{administrators, localSystem}); err == nil {
		t.Error("the system trusts a folder of an ordinary user")
	}
}

func TestDescriptor(t *testing.T) {
	for _, test := range []struct {
		want    string
		trusted []string
	}{
		{"O:S-1-5-32-544D:P(A;OICI;FA;;;S-1-5-32-544)(A;OICI;FA;;;S-1-5-18)", []string{administrators, localSystem}},
		{"O:" + user + "D:P(A;OICI;FA;;;" + user + ")(A;OICI;FA;;;S-1-5-32-544)", []string{user, administrators}},
	} {
		if got := descriptor(test.trusted); got != test.want {
			t.Errorf("descriptor = %q, want %q", got, test.want)
		}
	}
}
