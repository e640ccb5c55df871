package replica

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/internal/session"
)

// version is that of what the log holds: keys, payloads and heads. A reader takes none
// that is newer.
const version = 1

// ErrNewer is returned, wrapped, for what a newer version has written.
var ErrNewer = errors.New("it was written by a newer version of sessiond")

// Head says what state the log is in after the message that carries it.
type Head struct {
	Version int `json:"v"`
	// Epoch grows with each authority that takes over, Beat with each head of an epoch.
	Epoch uint64 `json:"epoch"`
	Beat  uint64 `json:"beat"`
	// By is the node of the authority, and Run the epoch of its store, which tells two
	// daemons apart that were given the same node.
	By  string        `json:"by"`
	Run session.Epoch `json:"run"`

	// State is [StateLive], or what keeps the authority from publishing.
	State State `json:"state"`
	// Synced says that the log has all that the authority's store shows. Only then the
	// members that follow it are true, up to Sum.
	Synced bool `json:"synced"`
	// N is how many passes the authority's store had taken, Pass the number of the last
	// one, and Trigger what asked for it.
	N        uint64          `json:"n"`
	Pass     uint64          `json:"pass"`
	Trigger  session.Trigger `json:"trigger"`
	Revision uint64          `json:"revision"` // of the authority's store
	Sessions int             `json:"sessions"` // in the log
	Sum      Sum             `json:"sum"`      // of all sessions and errors in the log

	Born time.Time `json:"born"` // when the log was made, by the engine's clock
	At   time.Time `json:"at"`   // by the authority's clock, for people
	// Made is when the authority's store showed what the head is of, in nanoseconds by the
	// authority's [Clock]: it tells how long before or after another head of Run that was.
	Made int64 `json:"made"`
	// Released says that the authority has stopped: another need not wait for its lease.
	Released bool `json:"released,omitzero"`
}

// Position is a state of an authority. What it says of an edit is seen by a follower that
// has reached it.
type Position struct {
	Epoch uint64 `json:"epoch"`
	N     uint64 `json:"n"`
}

// Position returns the state that the head is of.
func (h *Head) Position() Position { return Position{h.Epoch, h.N} }

// Reaches reports whether all that was to be seen at one position is to be seen here: a
// later authority has read all files itself.
func (p Position) Reaches(q Position) bool {
	return p.Epoch > q.Epoch || p.Epoch == q.Epoch && p.N >= q.N
}

// encode returns the head as text.
func (h *Head) encode() (string, error) {
	text, err := json.Marshal(h)
	if err != nil {
		return "", fmt.Errorf("cannot write a head: %w", err)
	}
	return string(text), nil
}

// decodeHead reads what encode writes. Members that it does not know are passed over: only
// another version changes what those mean that there are.
func decodeHead(text string) (*Head, error) {
	var h Head
	if err := json.Unmarshal([]byte(text), &h); err != nil {
		return nil, fmt.Errorf("cannot read a head: %w", err)
	}
	if h.Version > version {
		return nil, fmt.Errorf("cannot read a head of version %d: %w", h.Version, ErrNewer)
	}
	if h.Version < 1 || h.Epoch == 0 {
		return nil, fmt.Errorf("cannot read a head: it has version %d and epoch %d", h.Version, h.Epoch)
	}
	return &h, nil
}
