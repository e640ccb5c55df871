package validate

import (
	"slices"

	"sessiond/internal/session"
)

// kinds is a set of JSON types.
type kinds uint8

const (
	kindNull kinds = 1 << iota
	kindBoolean
	kindNumber
	kindString
	kindArray
	kindObject

	kindAny = kindNull | kindBoolean | kindNumber | kindString | kindArray | kindObject
)

// field is a string of a session file that the checks after the schema's look at.
type field uint8

const (
	fieldNone field = iota
	fieldTeam
	fieldApplication
	fieldSession
	fieldStatus
	fieldToken
	fields // how many there are
)

// shape is what the fast way knows about one value of a session file. A nil
// shape knows nothing and allows everything.
type shape struct {
	name     string   // of the member whose value it is
	kinds    kinds    // that it may be of
	required bool     // it may not be left out
	filled   bool     // a string that is not empty
	oneOf    []string // the strings that are allowed; nil: all
	members  []shape  // of an object, as far as anything is known of them

	field  field // which string it is
	secret bool  // it is no part of a session's content

	needs members // the members that an object needs, as bits in their order
}

// members is a set of members that a shape knows, by their order in it.
type members uint32

// newShape returns the shape of a session file: schema.json once more, and the
// secrets that [session.WithoutSecrets] leaves out. Tests hold that it says the
// same as they do; what changes there is changed here too.
func newShape() *shape {
	const (
		stringOrNull  = kindString | kindNull
		versionOrNull = kindString | kindNumber | kindNull
		objectOrNull  = kindObject | kindNull
	)
	file := &shape{kinds: kindObject, members: []shape{
		{name: "application", kinds: kindObject, required: true, members: []shape{
			{name: "id", kinds: kindString, required: true, filled: true, field: fieldApplication},
			{name: "name", kinds: stringOrNull},
			{name: "version", kinds: versionOrNull},
		}},
		{name: "team", kinds: objectOrNull, members: []shape{
			{name: "id", kinds: stringOrNull, field: fieldTeam},
		}},
		{name: "session", kinds: kindObject, required: true, members: []shape{
			{name: "id", kinds: kindString, required: true, filled: true, field: fieldSession},
			{name: "ip", kinds: stringOrNull},
		}},
		{
			name: "status", kinds: kindString, required: true, field: fieldStatus,
			oneOf: []string{session.StatusAccepted, session.StatusPending},
		},
		{name: "token", kinds: kindString, filled: true, field: fieldToken, secret: true},
		{name: "email", kinds: stringOrNull},
		{name: "device", kinds: objectOrNull, members: []shape{
			{name: "id", kinds: stringOrNull},
			{name: "description", kinds: stringOrNull},
			{name: "os", kinds: stringOrNull},
			{name: "version", kinds: versionOrNull},
			{name: "simulator", kinds: kindBoolean | kindNull},
			{name: "token", kinds: kindAny, secret: true},
		}},
		{name: "language", kinds: objectOrNull},
		{name: "parameters", kinds: objectOrNull},
		{name: "userInfo", kinds: objectOrNull},
	}}
	file.sumUp()
	return file
}

// sumUp works out what each object needs.
func (s *shape) sumUp() {
	for i := range s.members {
		m := &s.members[i]
		if m.required {
			s.needs |= 1 << i
		}
		m.sumUp()
	}
}

// member returns what is known about the member of a name, and the set of just
// that member; nil and none where nothing is.
func (s *shape) member(name []byte) (*shape, members) {
	if s == nil {
		return nil, 0
	}
	for i := range s.members {
		if s.members[i].name == string(name) {
			return &s.members[i], 1 << i
		}
	}
	return nil, 0
}

// allows reports whether the value may be of a kind.
func (s *shape) allows(k kinds) bool { return s == nil || s.kinds&k != 0 }

// allowsText reports whether a string may say this.
func (s *shape) allowsText(said []byte) bool {
	if s.filled && len(said) == 0 {
		return false
	}
	return s.oneOf == nil || slices.ContainsFunc(s.oneOf, func(one string) bool { return one == string(said) })
}

// allowsMembers reports whether an object with these of the known members has all
// that it needs.
func (s *shape) allowsMembers(has members) bool { return s == nil || s.needs&^has == 0 }
