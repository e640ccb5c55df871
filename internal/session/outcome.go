package session

// Outcome is everything one pass decided. It is applied to the store in one
// step, so that readers see all of it or nothing.
type Outcome struct {
	// Report has no changes: [Outcome.Told] has them.
	Report Report

	// Effects are what the pass did to the sessions in memory, in the order of
	// their keys.
	Effects []Effect

	// Problems and Unsettled say what appeared or changed (Now is not nil) and
	// what ended (Now is nil), sorted by key. What they do not name stands as
	// it stood.
	Problems  []Turn[Standing]
	Unsettled []Turn[Unsettled]

	// NotInMemory is how many valid files of the whole tree are not in memory,
	// as far as was ever looked.
	NotInMemory int
}

// Told returns the report with its changes.
func (o Outcome) Told() Report {
	told := o.Report
	told.Changes = make([]Change, len(o.Effects))
	for i, e := range o.Effects {
		told.Changes[i] = e.Change()
	}
	return told
}

// Turn is a thing about a key that appeared, changed or ended with a pass.
type Turn[T any] struct {
	Session Key
	Now     *T // nil: it ended
}
