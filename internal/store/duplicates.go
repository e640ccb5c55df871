package store

import (
	"cmp"
	"hash/maphash"
	"iter"
	"slices"

	"sessiond/internal/session"
)

// identity is what sessions have in common that are of one device. Certain and likely ones
// are told apart by which members they have.
type identity struct{ application, device, app, email, description, os string }

// identitiesOf returns what makes other sessions duplicates of this one; the zero identity
// where nothing does. This is the rule (administration, section 3):
//
//   - It is certain where device and application have the same ids. No device has an app
//     twice; the folder is another where the app got a team, or lost it.
//   - It is likely where the app folder, the e-mail address in whatever case, the
//     description of the device and its OS are the same: an app that is installed again
//     calls its device by another id. Without an address or a description it is not, since
//     many devices say that little.
func identitiesOf(s *session.Session) (certain, likely identity) {
	says := s.Details()
	if says.Application.ID != "" && says.Device.ID != "" {
		certain = identity{application: says.Application.ID, device: says.Device.ID}
	}
	if says.Email != "" && says.Device.Description != "" {
		likely = identity{app: s.Key().App, email: session.FoldEmail(says.Email), description: says.Device.Description, os: says.Device.OS}
	}
	return certain, likely
}

// DuplicateGroup is sessions that are of one device, or likely are.
type DuplicateGroup struct {
	Certain  bool
	Sessions []session.Loaded // at least two, newest first
}

// Rank is where the group stands among all, newest first.
func (g *DuplicateGroup) Rank() Rank {
	rank := Rank{Number: g.Sessions[0].Modified.UnixNano(), Key: g.Sessions[0].Key()}
	if g.Certain { // a session may be the newest of one group of each kind
		rank.Text = "certain"
	}
	return rank
}

// IsIn reports whether a session of the group is in an app folder.
func (g *DuplicateGroup) IsIn(app string) bool {
	return slices.ContainsFunc(g.Sessions, func(l session.Loaded) bool { return l.Key().App == app })
}

// Duplicates are the groups of a view.
type Duplicates struct {
	groups []DuplicateGroup // newest first
	older  []olderSession   // in the order of keys
}

// olderSession is a session that is not the newest of its groups.
type olderSession struct {
	row             row
	certain, likely bool
}

// Groups returns groups after a rank, from the first where that is nil, at most so many,
// and whether there are more. A group is left out where want refuses it.
func (d *Duplicates) Groups(after *Rank, limit int, want func(*DuplicateGroup) bool) (page []DuplicateGroup, more bool) {
	for i := range d.groups {
		g := &d.groups[i]
		switch {
		case after != nil && g.Rank().compare(*after) >= 0, !want(g):
		case len(page) == limit:
			return page, true
		default:
			page = append(page, *g)
		}
	}
	return page, false
}

// olderAfter yields the sessions after a key that are not the newest of their groups, in
// the order of their keys.
func (d *Duplicates) olderAfter(after session.Key, kind session.DuplicateFilter) iter.Seq[row] {
	return func(yield func(row) bool) {
		begin, _ := slices.BinarySearchFunc(d.older, after, func(o olderSession, key session.Key) int {
			return cmp.Or(o.row.session.Key().Compare(key), -1) // the key itself is before
		})
		for _, o := range d.older[begin:] {
			wanted := o.certain && kind != session.DuplicateLikely || o.likely && kind != session.DuplicateCertain
			if wanted && !yield(o.row) {
				return
			}
		}
	}
}

// hashed is a session by what it has in common with others.
type hashed struct {
	hash    uint64
	certain bool
	row     row
}

// DuplicateSearch finds the duplicates of a view, in steps.
type DuplicateSearch struct {
	view  *View
	seed  maphash.Seed
	after session.Key
	all   []hashed
}

// SearchDuplicates begins a search. It takes some fifty bytes for each identity of each
// session, so there should not be many at a time.
func (v *View) SearchDuplicates() *DuplicateSearch {
	return &DuplicateSearch{view: v, seed: maphash.MakeSeed()}
}

// Step looks at so many more sessions, and reports whether there may be more of them.
func (s *DuplicateSearch) Step(n int) (more bool) {
	for r := range s.view.within("", s.after) {
		if n == 0 {
			return true
		}
		n--
		s.after = r.session.Key()
		certain, likely := identitiesOf(r.session)
		s.note(certain, true, r)
		s.note(likely, false, r)
	}
	return false
}

func (s *DuplicateSearch) note(id identity, certain bool, r row) {
	if id != (identity{}) {
		s.all = append(s.all, hashed{maphash.Comparable(s.seed, id), certain, r})
	}
}

// Found returns the duplicates. The search must be done.
func (s *DuplicateSearch) Found() *Duplicates {
	slices.SortFunc(s.all, func(a, b hashed) int { return cmp.Compare(a.hash, b.hash) })
	d := new(Duplicates)
	for begin := 0; begin < len(s.all); {
		end := begin + 1
		for end < len(s.all) && s.all[end].hash == s.all[begin].hash {
			end++
		}
		if end-begin > 1 {
			d.addAlike(s.all[begin:end])
		}
		begin = end
	}
	s.all = nil
	slices.SortFunc(d.groups, func(a, b DuplicateGroup) int { return b.Rank().compare(a.Rank()) })
	d.mergeOlder()
	return d
}

// addAlike adds the groups of sessions whose hash is the same: nearly always one.
func (d *Duplicates) addAlike(alike []hashed) {
	byIdentity := map[identity][]hashed{}
	for _, h := range alike {
		certain, likely := identitiesOf(h.row.session)
		if h.certain {
			likely = certain
		}
		byIdentity[likely] = append(byIdentity[likely], h)
	}
	for _, same := range byIdentity {
		if len(same) > 1 {
			d.addGroup(same)
		}
	}
}

// addGroup adds a group. Of files that were modified at the same moment, the one whose key
// comes last counts as the newest.
func (d *Duplicates) addGroup(same []hashed) {
	slices.SortFunc(same, func(a, b hashed) int {
		return -cmp.Or(cmp.Compare(a.row.modified, b.row.modified), a.row.session.Key().Compare(b.row.session.Key()))
	})
	group := DuplicateGroup{Certain: same[0].certain}
	for i, h := range same {
		group.Sessions = append(group.Sessions, h.row.loaded())
		if i > 0 {
			d.older = append(d.older, olderSession{h.row, h.certain, !h.certain})
		}
	}
	d.groups = append(d.groups, group)
}

// mergeOlder sorts the older sessions and leaves each once.
func (d *Duplicates) mergeOlder() {
	slices.SortFunc(d.older, func(a, b olderSession) int { return a.row.session.Key().Compare(b.row.session.Key()) })
	merged := d.older[:0]
	for _, o := range d.older {
		if last := len(merged) - 1; last >= 0 && merged[last].row.session == o.row.session {
			merged[last].certain = merged[last].certain || o.certain
			merged[last].likely = merged[last].likely || o.likely
			continue
		}
		merged = append(merged, o)
	}
	d.older = merged
}
