package api

import "sessiond/internal/session"

// Most sessions of one [Changes].
const (
	// MaxChanges is how many can be changed, or asked about, with one request.
	MaxChanges = 20_000
	// DefaultChanges is how many a dry run shows that does not say how many it wants.
	DefaultChanges = 1000
)

// MaxChangesBody is how long the body of one [Changes] may be, in bytes.
const MaxChangesBody = 4 << 20

// Changes is the body of POST /v1/changes: what is to become of many sessions. A dry run
// says which by a filter or one by one; the real request sends back what a dry run has
// shown, so that nothing is done that was not shown.
type Changes struct {
	// Select is for dry runs only, and excludes something.
	Select *session.Filter `json:"select,omitzero"`
	// Sessions are those to be changed, each once.
	Sessions []ChangeItem `json:"sessions,omitzero"`

	Set    *Set `json:"set,omitzero"`    // what to set
	Delete bool `json:"delete,omitzero"` // or that they are to be deleted
	// NoTrash deletes for good.
	NoTrash bool   `json:"noTrash,omitzero"`
	Reason  string `json:"reason,omitzero"` // why, for the audit

	DryRun bool `json:"dryRun,omitzero"`
	// Max is how many sessions a dry run with a filter shows at most, up to [MaxChanges]; 0
	// stands for [DefaultChanges].
	Max int `json:"max,omitzero"`
}

// ChangeItem names a session that is to be changed.
type ChangeItem struct {
	Session session.Key `json:"session"`
	// ETag is the one that the file must have still. Only a dry run does without.
	ETag string `json:"etag,omitzero"`
}

// ChangesPlan is the answer to a dry run of POST /v1/changes.
type ChangesPlan struct {
	Matched int            `json:"matched"` // all that the filter selects, also beyond those that are shown
	Would   ChangesWould   `json:"would"`
	Items   []ChangeResult `json:"items"`
}

// ChangesWould says what would become of the items that are shown.
type ChangesWould struct {
	Change  int `json:"change"`
	Nothing int `json:"nothing"` // the file says so already
	Refuse  int `json:"refuse"`
}

// ChangeResult is what became of one of many sessions, or would. It is a line of the answer
// to POST /v1/changes.
type ChangeResult struct {
	Session session.Key `json:"session"`
	// ETag is that of the file as it is now, after a dry run the one that it has still;
	// empty where there is none.
	ETag string `json:"etag,omitempty"`
	// Before and After are what the file said before and says afterwards; nil where it is not
	// there, or not compliant.
	Before *State `json:"before,omitempty"`
	After  *State `json:"after,omitempty"`
	// Changed is false where the file says so already.
	Changed bool `json:"changed"`
	// Device is the device's description, Application the app's name, to go by.
	Device      string `json:"device,omitempty"`
	Application string `json:"application,omitempty"`
	// Pass is the number of the pass that looked at the file afterwards, and InMemory is
	// whether the session is in memory now.
	Pass     uint64 `json:"pass,omitzero"`
	InMemory bool   `json:"inMemory"`
	// Trash is the id of the copy in the trash of a file that was deleted.
	Trash string `json:"trash,omitempty"`
	Hints []Hint `json:"hints,omitempty"`
	// Problem is why nothing was changed; nil where something was, or there was nothing to
	// change.
	Problem *Problem `json:"problem,omitempty"`
}

// ChangesEnd is the last line of the answer to POST /v1/changes.
type ChangesEnd struct {
	Summary ChangesSummary `json:"summary"`
}

// ChangesSummary counts what became of all.
type ChangesSummary struct {
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"` // the files said so already
	Failed    int `json:"failed"`
	// Visible is false where the daemon, which follows another, does not show all changes
	// itself yet; else nil.
	Visible *bool `json:"visible,omitzero"`
}
