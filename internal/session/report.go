package session

import "time"

// Trigger says what asked for a pass.
type Trigger string

// The triggers.
const (
	TriggerStartup Trigger = "startup"
	TriggerSocket  Trigger = "socket"
	TriggerSignal  Trigger = "signal"
	TriggerWatch   Trigger = "watch"
	TriggerPoll    Trigger = "poll"
	TriggerResync  Trigger = "resync"
	TriggerRetry   Trigger = "retry"
	TriggerOpen    Trigger = "open"
	TriggerEdit    Trigger = "edit" // after a change that was made through the daemon
)

// Scope says how much of the tree a pass looked at.
type Scope string

// The scopes.
const (
	ScopeFull  Scope = "full"
	ScopeFiles Scope = "files" // only some keys
)

// Action says what a pass did to a session in memory.
type Action string

// The actions.
const (
	ActionUpdated  Action = "updated"
	ActionRemoved  Action = "removed"
	ActionAdmitted Action = "admitted"
)

// Reasons of [ActionRemoved].
const (
	RemovedInvalid = "invalid"
	RemovedDeleted = "deleted"
)

// Change is one change to a session in memory.
type Change struct {
	Session Key    `json:"session"`
	Action  Action `json:"action"`
	Reason  string `json:"reason,omitempty"`
}

// Counts are what a pass counted. Checked counts files on disk: it is the sum of
// Updated, Unchanged, NotInMemory, Admitted, Rejected and the unsettled files
// that are on disk. Removed counts sessions: each rejected session in memory
// counts in both.
type Counts struct {
	Checked     int `json:"checked"`
	Updated     int `json:"updated"`
	Unchanged   int `json:"unchanged"`
	NotInMemory int `json:"notInMemory"`
	Admitted    int `json:"admitted"`
	Rejected    int `json:"rejected"`
	Removed     int `json:"removed"`
}

// Report is the report of one pass, or of one answer that took several passes.
type Report struct {
	Pass      uint64    `json:"pass"`
	Trigger   Trigger   `json:"trigger"`
	Scope     Scope     `json:"scope"`
	StartedAt time.Time `json:"startedAt"`
	// DurationMs counts the work in milliseconds, not the waiting between looks.
	DurationMs float64 `json:"durationMs"`
	Counts
	// Changes, Errors and Unsettled are sorted by key. Changes is left out of an
	// outcome.
	Changes   []Change    `json:"changes,omitzero"`
	Errors    []Problem   `json:"errors"`
	Unsettled []Unsettled `json:"unsettled"`
}

// PassSummary is what a pass counted: a [Report] without lists, and so of a size that
// does not depend on what was found.
type PassSummary struct {
	Pass       uint64    `json:"pass"`
	Trigger    Trigger   `json:"trigger"`
	Scope      Scope     `json:"scope"`
	StartedAt  time.Time `json:"startedAt"`
	DurationMs float64   `json:"durationMs"`
	Counts
	ErrorsTotal    int `json:"errorsTotal"`
	UnsettledTotal int `json:"unsettledTotal"`
	UnsettledCounts
}

// Summary returns the report without its lists.
func (r *Report) Summary() PassSummary {
	return PassSummary{
		Pass: r.Pass, Trigger: r.Trigger, Scope: r.Scope, StartedAt: r.StartedAt, DurationMs: r.DurationMs,
		Counts:          r.Counts,
		ErrorsTotal:     len(r.Errors),
		UnsettledTotal:  len(r.Unsettled),
		UnsettledCounts: CountUnsettled(r.Unsettled),
	}
}

// Event is one change as followers of the change log see it.
type Event struct {
	Epoch    Epoch     `json:"epoch"`
	Revision uint64    `json:"revision"`
	At       time.Time `json:"at"`
	Session  Key       `json:"session"`
	// Email is what the session's file says or, where it was removed, said last.
	Email   string  `json:"email,omitempty"`
	Action  Action  `json:"action"`
	Reason  string  `json:"reason,omitempty"`
	Trigger Trigger `json:"trigger"`
}
