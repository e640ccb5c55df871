package replica

import "time"

// State says what an authority or a follower does.
type State string

// States of an authority.
const (
	StateWaiting State = "waiting" // for the admission of start-up
	StateHeld    State = "held"    // it would remove too much, or another authority is at work
	StateSyncing State = "syncing" // it has the fence, and not all of its store is in the log
	StateLive    State = "live"    // the log has all that its store shows
	StateAway    State = "away"    // the engine does not answer, or refuses what is asked of it
)

// States of a follower.
const (
	StateLoading   State = "loading"   // there is no view yet
	StateFollowing State = "following" // the view is that of a head not long ago
	StateStale     State = "stale"     // it is older than StaleAfter
	StateDiverged  State = "diverged"  // the sum failed three times in a row
)

// Role says which of the two a daemon is.
type Role string

// The roles.
const (
	RoleAuthority Role = "authority"
	RoleFollower  Role = "follower"
)

// Status is what the daemon's status says of an authority or a follower.
type Status struct {
	Role  Role
	State State
	// Reason says in one line why the state is no better; empty where it is well.
	Reason string
	// Code is why an engine refuses what is asked of it; empty where it does not.
	Code RefusalCode
	// Engine says what engine answered last, for people; empty before it did.
	Engine string

	// Head is the last head that was published, or that the view is of; nil before.
	Head *Head
	// Age is how old the view is, by a clock that counts suspend: for a follower since the
	// head that the view is of, for an authority since the last head that was published. It is
	// 0 before there was one.
	Age time.Duration

	// Fulls is how often everything was read: by an authority as headers, by a follower as
	// a snapshot. Mismatches counts the heads whose sum was another than the follower's.
	Fulls, Mismatches uint64
	// Pending is how many keys are to be published, of an authority; of a follower how many
	// messages lay behind the last one.
	Pending int
	// Omitted is how many sessions and errors are too large for the engine, and so not in
	// the log.
	Omitted int
	// Held is what an authority that is held would remove, of how many keys; zero where it
	// is not held for that.
	Held Removals
	// Losses counts how often the log was found to have lost messages or to be new.
	Losses uint64
	// Fenced counts how often another authority took over.
	Fenced uint64
	// Stale is what the age of a follower's view means for its answers.
	Stale Staleness
	// Source is the authority's status, as [AuthorityConfig.Status] returned it; of a follower.
	Source []byte

	failures int // snapshots whose sum failed, in a row
}

// Removals says how many keys of the log an authority would remove.
type Removals struct{ Removed, Keys int }

// tooMany reports whether these are so many that people have to say so: more than a fifth,
// and at least 20.
func (r Removals) tooMany() bool { return r.Removed >= 20 && r.Removed*5 > r.Keys }

// Staleness says what the age of a view means.
type Staleness int

// The degrees.
const (
	Fresh   Staleness = iota
	Stale             // older than StaleAfter: every answer says its age
	Expired           // older than StaleLimit: the check may have to refuse
)
