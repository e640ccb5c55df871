package session

import "time"

// Status values of a session file.
const (
	StatusAccepted = "accepted" // logged in
	StatusPending  = "pending"  // waits for its approval by hand or by an e-mail link
)

// Session is the content of one compliant session file. It is never changed
// once it was made: an edited file makes a new Session.
type Session struct {
	Key         Key
	Status      string
	Email       string
	Application Application
	Team        Team
	Device      Device
	IP          string

	// Raw is the file as it was read, byte for byte. It holds the token: it is
	// for comparing and for [Session.Content] and never leaves the daemon.
	Raw []byte
}

// Application is what a session file says about its app.
type Application struct {
	ID      string `json:"id,omitempty"`
	Name    string `json:"name,omitempty"`
	Version string `json:"version,omitempty"` // a number in files written by Android apps before 2022
}

// Team is what a session file says about the Apple developer team.
type Team struct {
	ID string `json:"id,omitempty"` // empty or absent on Android
}

// Device is what a session file says about the device.
type Device struct {
	ID          string `json:"id,omitempty"`
	Description string `json:"description,omitempty"`
	OS          string `json:"os,omitempty"`
	Version     string `json:"version,omitempty"`
	Simulator   *bool  `json:"simulator,omitempty"`
}

// Summary is a session as listings show it; absent values are left out.
type Summary struct {
	Session     Key         `json:"session"`
	App         string      `json:"app"`
	ID          string      `json:"id"`
	Status      string      `json:"status"`
	Email       string      `json:"email,omitempty"`
	Application Application `json:"application,omitzero"`
	Team        Team        `json:"team,omitzero"`
	Device      Device      `json:"device,omitzero"`
	IP          string      `json:"ip,omitempty"`
	LoadedAt    time.Time   `json:"loadedAt"`
	Revision    uint64      `json:"revision"`
}

// Loaded is a session in memory, with the moment it was loaded and the revision
// of the change that put it there.
type Loaded struct {
	*Session
	LoadedAt time.Time
	Revision uint64
}

// Summary returns the session as listings show it.
func (l Loaded) Summary() Summary {
	return Summary{
		Session:     l.Key,
		App:         l.Key.App(),
		ID:          l.Key.ID(),
		Status:      l.Status,
		Email:       l.Email,
		Application: l.Application,
		Team:        l.Team,
		Device:      l.Device,
		IP:          l.IP,
		LoadedAt:    l.LoadedAt,
		Revision:    l.Revision,
	}
}
