package session

import "time"

// Status is what GET /v1/status and sessiond status show of a daemon.
type Status struct {
	Version   string    `json:"version"`
	PID       int       `json:"pid"`
	StartedAt time.Time `json:"startedAt"`
	Root      string    `json:"root"`
	Admit     string    `json:"admit"`
	Watch     Watch     `json:"watch"`

	Sessions int `json:"sessions"`
	// NotInMemory counts valid files whose session is not in memory.
	NotInMemory int    `json:"notInMemory"`
	Revision    uint64 `json:"revision"`
	Passes      uint64 `json:"passes"`
	// Busy is true while a pass runs or is due.
	Busy bool `json:"busy"`

	// LastPass is the last pass that was no retry, without its changes; nil
	// before the first.
	LastPass *Report `json:"lastPass,omitempty"`
	// LastSuccess is when the last pass ended that could judge all it looked at.
	LastSuccess time.Time `json:"lastSuccess,omitzero"`

	Errors    []ActiveError `json:"errors"`
	Unsettled []Unsettled   `json:"unsettled"`
	// Hints are sentences for a person: what is odd and what to do about it.
	Hints []string `json:"hints"`
}

// Watch says how the daemon learns of changes.
type Watch struct {
	Mode     string `json:"mode"` // events, poll or off
	Degraded bool   `json:"degraded"`
	Reason   string `json:"reason"`
	Watches  int    `json:"watches"` // folders with a watch
}

// App is one app folder as GET /v1/apps shows it.
type App struct {
	App         string `json:"app"`
	Team        string `json:"team"`
	Application string `json:"application"`
	Name        string `json:"name"`
	Sessions    int    `json:"sessions"`
	Pending     int    `json:"pending"`
	Rejected    int    `json:"rejected"`
}
