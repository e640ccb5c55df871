package session

// Outcome is everything one pass decided. It is applied to the store in one
// step, so that readers see all of it or nothing.
type Outcome struct {
	Report Report

	// Sessions holds, for each entry of Report.Changes and in the same order,
	// the session that is now in memory, or nil where it was removed.
	Sessions []*Session
	// InOrder says that the key of every change sorts after that of the one before
	// it, as is known to who made it: to find out takes a look at all keys. Where it is
	// said and not so, readers do not find sessions.
	InOrder bool

	// Problems and Unsettled say what appeared or changed (Now is not nil) and
	// what ended (Now is nil), sorted by key. What they do not name stands as
	// it stood.
	Problems  []Turn[Standing]
	Unsettled []Turn[Unsettled]

	// NotInMemory is how many valid files of the whole tree are not in memory,
	// as far as was ever looked.
	NotInMemory int
}

// Turn is a thing about a key that appeared, changed or ended with a pass.
type Turn[T any] struct {
	Session Key
	Now     *T // nil: it ended
}
