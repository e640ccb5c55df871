package api

import "time"

// Replica says what a daemon publishes, or whom it follows.
type Replica struct {
	Role string `json:"role"` // authority or follower
	Name string `json:"name"` // what an authority and its followers share
	Node string `json:"node"` // this daemon
	// Engine says which server answered last, for people; empty before one did.
	Engine string `json:"engine,omitempty"`
	// State is waiting, held, syncing, live or away for an authority; loading, following,
	// stale or diverged for a follower. Reason says why it is no better.
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
	// Code is why the engine refuses what is asked of it; empty where it does not.
	Code string `json:"code,omitempty"`

	// Authority is the node that published the last head, of which the view is. Head is how
	// many passes it had made, and Epoch grows with each authority that takes over. HeadAt
	// is by the authority's clock. They are empty before there was a head.
	Authority string    `json:"authority,omitempty"`
	Epoch     uint64    `json:"epoch,omitzero"`
	Head      uint64    `json:"head,omitzero"`
	HeadAt    time.Time `json:"headAt,omitzero"`
	// Sum is that of all sessions and errors: where it is equal, so are they.
	Sum string `json:"sum,omitempty"`
	// Age is how old the view of a follower is, in seconds; of an authority since when
	// nothing was published.
	Age float64 `json:"age"`
	// Refusing says that a follower refuses to check tokens.
	Refusing bool `json:"refusing,omitzero"`

	Fulls      uint64 `json:"fulls"`      // how often everything was read
	Mismatches uint64 `json:"mismatches"` // sums that were not the authority's
	Losses     uint64 `json:"losses"`     // how often the engine had lost something
	Fenced     uint64 `json:"fenced"`     // how often another authority took over
	Pending    int    `json:"pending"`    // what is to be published, or to be read
	Omitted    int    `json:"omitted"`    // sessions and errors that are too large
	// WouldRemove is what an authority that is held would remove; nil where it is not.
	WouldRemove *Removals `json:"wouldRemove,omitzero"`
}

// Roles of a [Replica].
const (
	RoleAuthority = "authority"
	RoleFollower  = "follower"
)

// Removals says how many of how many sessions an authority would remove, or has removed
// now that it was told to. It is the answer to POST /v1/replica/adopt.
type Removals struct {
	Removed  int `json:"removed"`
	Sessions int `json:"sessions"`
}
