package session

import "time"

// ChangeKind says what a pass did to a session in memory: an action, with its reason.
type ChangeKind uint8

// What a pass may do to a session in memory.
const (
	ChangeAdmitted ChangeKind = iota
	ChangeUpdated
	ChangeInvalid // removed, for its file is invalid
	ChangeDeleted // removed, for its file was deleted
)

// ChangeKinds returns all kinds.
func ChangeKinds() []ChangeKind {
	return []ChangeKind{ChangeAdmitted, ChangeUpdated, ChangeInvalid, ChangeDeleted}
}

// Action returns the action that reports and events show for a kind.
func (k ChangeKind) Action() Action {
	switch k {
	case ChangeAdmitted:
		return ActionAdmitted
	case ChangeUpdated:
		return ActionUpdated
	}
	return ActionRemoved
}

// Reason returns why a session was removed, nothing for other kinds.
func (k ChangeKind) Reason() string {
	switch k {
	case ChangeInvalid:
		return RemovedInvalid
	case ChangeDeleted:
		return RemovedDeleted
	}
	return ""
}

// Removes reports whether the session is no longer in memory.
func (k ChangeKind) Removes() bool { return k == ChangeInvalid || k == ChangeDeleted }

// MemoryChange is what a pass did to one session in memory: a [Change] with the
// session itself, not its key. A first load has one for every file.
type MemoryChange struct {
	// Session is the one that is in memory now or, where Kind removes, the one that
	// was.
	Session *Session
	Kind    ChangeKind
	// Modified is when the file was modified whose content the session now in memory
	// has, in nanoseconds since 1970 by the file system's clock.
	Modified int64
	// Revision is that of the session in another daemon's store, whose change this is;
	// 0 for a change of our own.
	Revision uint64
	// Removal says more where Kind removes; nil elsewhere.
	Removal *Removal
}

// Removal is what is known of a session's end beside its reason.
type Removal struct {
	// Trigger is that of the pass that saw the file wrong or gone first: the one that
	// removes the session is mostly a second look.
	Trigger Trigger
	// Modified is the time of the last change that the invalid file has; zero where
	// there is no file.
	Modified time.Time
}

// Now returns the session that is in memory now, nil where it was removed.
func (c MemoryChange) Now() *Session {
	if c.Kind.Removes() {
		return nil
	}
	return c.Session
}

// Change returns the change as reports and events show it.
func (c MemoryChange) Change() Change {
	return Change{Session: c.Session.Key(), Action: c.Kind.Action(), Reason: c.Kind.Reason()}
}
