package access

import (
	"errors"
	"os/user"
	"testing"
)

func TestLevel(t *testing.T) {
	const (
		own    = 100
		group  = 500
		member = 1001 // by the user data base
	)
	database := func(uid int) []int {
		if uid == member {
			return []int{member, group}
		}
		return nil
	}
	known := func(uid, gid int, groups ...int) Peer {
		return Peer{Known: true, UID: uid, GID: gid, Groups: groups, HasGroups: true}
	}
	without := func(p Peer) Peer { p.HasGroups = false; return p }
	grouped := Policy{group: id{group, true}}
	both := Policy{group: id{group, true}, own: id{own, true}}
	for name, test := range map[string]struct {
		policy Policy
		peer   Peer
		want   Level
	}{
		"root, without a policy":                 {Policy{}, known(0, 0), Admin},
		"a user, without a policy":               {Policy{}, without(known(1000, 0, 0)), Read},
		"number -1, as on small systems":         {Policy{own: id{-1, true}}, known(-1, -1, -1), Read},
		"root":                                   {both, known(0, 0), Admin},
		"root without a group":                   {Policy{}, known(0, 0), Admin},
		"the own user":                           {both, known(own, own), Admin},
		"the own user, turned off":               {grouped, known(own, own), Read},
		"the own user, off but a member":         {grouped, known(own, own, group), Admin},
		"a member by its group":                  {both, known(1000, group), Admin},
		"a member by a supplementary group":      {both, known(1000, 1000, 7, group), Admin},
		"another user":                           {both, known(1000, 1000, 7), Read},
		"another user, in a group 0":             {both, known(1000, 0), Read},
		"a member by the data base":              {both, without(known(member, member)), Admin},
		"none by the data base":                  {both, without(known(1000, 1000)), Read},
		"a member who has given the group up":    {both, known(member, member), Read},
		"a member by a part of a list":           {both, without(known(1000, 1000, group)), Admin},
		"nobody knows who":                       {both, Peer{}, Read},
		"nobody knows who, where root is number": {Policy{group: id{0, true}, own: id{0, true}}, Peer{}, Read},
	} {
		test.policy.database = database
		if got := test.policy.Level(test.peer); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestNewPolicy(t *testing.T) {
	current, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	own, err := user.LookupGroupId(current.Gid)
	if err != nil {
		t.Fatal(err)
	}
	byName, err := NewPolicy(own.Name, true, 100)
	if err != nil {
		t.Fatal(err)
	}
	byNumber, err := NewPolicy(own.Gid, true, 100)
	if err != nil {
		t.Fatal(err)
	}
	if byName.group != byNumber.group || !byName.group.is || !byName.own.matches(100) {
		t.Errorf("by name %+v, by number %+v", byName, byNumber)
	}
	if p, err := NewPolicy("", false, 100); err != nil || p.group.is || p.own.is {
		t.Errorf("without a group: %+v, %v", p, err)
	}
	for _, name := range []string{"no-such-group-here", "-1", " "} {
		if _, err := NewPolicy(name, true, 100); !errors.Is(err, ErrGroup) {
			t.Errorf("group %q: %v, want ErrGroup", name, err)
		}
	}
}
