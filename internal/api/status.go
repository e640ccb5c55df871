// Package api holds what goes over the control socket, as the daemon's end of it and the
// client's both know it: the answers, how a session in memory is written, and the
// problems that programs can go by. docs/openapi.yaml describes the same.
//
// What a pass tells, its report and its changes, is package session's: it is told
// without a socket, too.
package api

import (
	"time"

	"sessiond/internal/session"
)

// Status is what GET /v1/status and sessiond status show of a daemon.
type Status struct {
	Version   string    `json:"version"`
	PID       int       `json:"pid"`
	StartedAt time.Time `json:"startedAt"`
	Root      string    `json:"root"`
	Admit     string    `json:"admit"`
	Write     Write     `json:"write"` // whether files are changed
	Watch     Watch     `json:"watch"`
	// Notify says whether a running 4D server follows; nil where none is to.
	Notify *Notify `json:"notify,omitzero"`
	// Replica says what is published or followed; nil where neither is.
	Replica *Replica `json:"replica,omitzero"`

	Sessions int `json:"sessions"`
	Pending  int `json:"pending"` // of these
	// NotInMemory counts valid files whose session is not in memory.
	NotInMemory int `json:"notInMemory"`
	// Licences are nil where the settings do not say how many there are.
	Licences *Licences `json:"licences,omitempty"`
	// SeenSince is since when it is collected when sessions were last seen; zero where it
	// is not.
	SeenSince time.Time `json:"seenSince,omitzero"`
	// Checks counts what gateways were answered; nil where tokens are not checked.
	Checks *Checks `json:"checks,omitempty"`
	// NotInMemoryFiles are the first [MaxNamed] of these, sorted by key.
	// GET /v1/not-in-memory has all of them.
	NotInMemoryFiles []session.UnadmittedFile `json:"notInMemoryFiles"`
	Rejected         int                      `json:"rejected"` // files
	// RejectedByCode says how many files each mobi error is about, sorted by its number.
	RejectedByCode []session.CodeCount `json:"rejectedByCode"`
	// Epoch and Revision are where to follow from.
	Epoch    session.Epoch `json:"epoch"`
	Revision uint64        `json:"revision"`
	Passes   uint64        `json:"passes"`
	// Busy is true while a pass runs or is due.
	Busy bool `json:"busy"`

	// LastPass is the last pass that was no retry; nil before the first.
	LastPass *session.PassSummary `json:"lastPass,omitempty"`
	// LastSuccess is when the last pass ended that could judge all it looked at.
	LastSuccess time.Time `json:"lastSuccess,omitzero"`

	// Errors and Unsettled are the first [MaxListed] in the order of
	// GET /v1/errors, which has all of them.
	Errors         []session.ActiveError `json:"errors"`
	ErrorsTotal    int                   `json:"errorsTotal"`
	Unsettled      []session.Unsettled   `json:"unsettled"`
	UnsettledTotal int                   `json:"unsettledTotal"`
	session.UnsettledCounts
	Hints []Hint `json:"hints"`
}

// Checks counts checks of tokens since the daemon's start, by what the gateway was told to
// do.
type Checks struct {
	Allowed     uint64 `json:"allowed"`     // 200: to let the request through
	Denied      uint64 `json:"denied"`      // 401 and 403: to refuse it
	Unavailable uint64 `json:"unavailable"` // 503: that it cannot be told now
}

// Licences are those for accepted sessions.
type Licences struct {
	Owned    int `json:"owned"`
	Accepted int `json:"accepted"` // sessions in memory
}

// Position returns where to follow the changes after this status from.
func (s *Status) Position() session.Position {
	return session.Position{Epoch: s.Epoch, Revision: s.Revision}
}

// ErrorPage is a part of what is wrong and of what has no verdict yet. It is the answer
// to GET /v1/errors. The keys of the root and of app folders come first, then those of
// files; what is said of one key is on one page.
type ErrorPage struct {
	Errors         []session.ActiveError `json:"errors"`
	ErrorsTotal    int                   `json:"errorsTotal"` // on all pages
	Unsettled      []session.Unsettled   `json:"unsettled"`
	UnsettledTotal int                   `json:"unsettledTotal"` // on all pages
	Next           string                `json:"next,omitempty"` // the cursor of the next page; empty on the last
	Epoch          session.Epoch         `json:"epoch"`
	Revision       uint64                `json:"revision"`
}

// Bounds of the lists of a [Status].
const (
	MaxListed = 100 // errors, and what is unsettled
	MaxNamed  = 20  // files that are not in memory
)

// Watch says how the daemon learns of changes.
type Watch struct {
	Mode     string `json:"mode"` // events, poll or off
	Degraded bool   `json:"degraded"`
	Reason   string `json:"reason"`
	Watches  int    `json:"watches"` // folders with a watch
}

// Health is the answer to GET /healthz and GET /readyz.
type Health struct {
	Status string `json:"status"` // ok
}
