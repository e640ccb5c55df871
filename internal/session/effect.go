package session

// Kind says what a pass did to a session in memory: an action, with its reason.
type Kind uint8

// The kinds.
const (
	KindAdmitted Kind = iota
	KindUpdated
	KindInvalid // removed, for its file is invalid
	KindDeleted // removed, for its file was deleted
)

// Kinds returns all kinds.
func Kinds() []Kind { return []Kind{KindAdmitted, KindUpdated, KindInvalid, KindDeleted} }

// Action returns what is told of a kind.
func (k Kind) Action() Action {
	switch k {
	case KindAdmitted:
		return ActionAdmitted
	case KindUpdated:
		return ActionUpdated
	}
	return ActionRemoved
}

// Reason returns why a session was removed, nothing for other kinds.
func (k Kind) Reason() string {
	switch k {
	case KindInvalid:
		return RemovedInvalid
	case KindDeleted:
		return RemovedDeleted
	}
	return ""
}

// Removes reports whether the session is no longer in memory.
func (k Kind) Removes() bool { return k == KindInvalid || k == KindDeleted }

// Effect is what a pass did to one session in memory: a [Change], with the session in
// the place of its key. A first load has one for every file.
type Effect struct {
	// Session is the one that is in memory now or, where Kind removes, the one that
	// was.
	Session *Session
	Kind    Kind
}

// Now returns the session that is in memory now, nil where it was removed.
func (e Effect) Now() *Session {
	if e.Kind.Removes() {
		return nil
	}
	return e.Session
}

// Change returns the effect as reports and followers are told of it.
func (e Effect) Change() Change {
	return Change{Session: e.Session.Key(), Action: e.Kind.Action(), Reason: e.Kind.Reason()}
}
