package access

import "testing"

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

func TestLevelOnWindows(t *testing.T) {
	const own, group, user = "S-1-5-21-1-2-3-1000", "S-1-5-21-1-2-3-513", "S-1-5-21-1-2-3-1001"
	known := func(sid string, groups ...string) Peer {
		return Peer{Known: true, SID: sid, GroupSIDs: groups}
	}
	both := Policy{groupSID: group, ownSID: own}
	for name, test := range map[string]struct {
		policy Policy
		peer   Peer
		want   Level
	}{
		"the system, without a policy":       {Policy{}, known(systemSID), Admin},
		"an administrator":                   {Policy{}, known(user, "S-1-1-0", administratorsSID), Admin},
		"a user, without a policy":           {Policy{}, known(user, "S-1-1-0", ""), Read},
		"the own user":                       {both, known(own), Admin},
		"the own user, turned off":           {Policy{groupSID: group}, known(own), Read},
		"a member of the group":              {both, known(user, "S-1-1-0", group), Admin},
		"the group itself as a user":         {both, known(group), Read},
		"another user":                       {both, known(user, "S-1-1-0"), Read},
		"nobody knows who":                   {both, Peer{SID: systemSID, GroupSIDs: []string{group}}, Read},
		"number 0 does not make it root":     {both, known(user), Read},
		"numbers of a policy say nothing":    {Policy{own: id{0, true}, group: id{0, true}}, known(user), Read},
		"a group that is none, and no group": {Policy{}, known(user, ""), Read},
	} {
		if got := test.policy.Level(test.peer); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
