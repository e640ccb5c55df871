package session

import "time"

// Outcome is everything one pass decided. It is applied to the store in one
// step, so that readers see all of it or nothing.
type Outcome struct {
	// Report has no changes: [Outcome.ReportWithChanges] has them.
	Report Report

	// Changes are what the pass did to the sessions in memory, in the order of
	// their keys.
	Changes []MemoryChange

	// Problems and Unsettled say what appeared or changed (Now is not nil) and what
	// ended (Now is nil), sorted by key. Keys that they do not name are unchanged.
	Problems  []Transition[ActiveError]
	Unsettled []Transition[Unsettled]

	// Unadmitted says the same of valid files without a session in memory.
	Unadmitted []Transition[UnadmittedFile]

	// NotInMemory is how many valid files of the whole tree are not in memory, as
	// far as the tree was ever scanned.
	NotInMemory int
}

// ReportWithChanges returns the report with its changes.
func (o Outcome) ReportWithChanges() Report {
	report := o.Report
	report.Changes = make([]Change, len(o.Changes))
	for i, c := range o.Changes {
		report.Changes[i] = c.Change()
	}
	return report
}

// UnadmittedFile is a valid file whose session is not in memory.
type UnadmittedFile struct {
	Session Key       `json:"session"`
	Since   time.Time `json:"since"` // when a pass first found it so
}

// TriggerOf returns the trigger that a change of the outcome is told with: that of the
// look that found it first, where this pass has only confirmed it.
func (o *Outcome) TriggerOf(c MemoryChange) Trigger {
	if c.Removal != nil {
		return c.Removal.Trigger
	}
	return o.Report.Trigger
}

// Transition says that something about a key appeared, changed or ended with a pass.
type Transition[T any] struct {
	Session Key
	Now     *T   // nil: it ended
	Gone    bool // the file was deleted, which ended it
}
