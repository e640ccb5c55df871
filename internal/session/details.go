package session

import (
	"strings"
	"time"
)

// Details are what a session file says of itself, as far as summaries show it.
// Absent and null members are empty.
type Details struct {
	Email       string
	Application Application
	Team        Team
	Device      Device
	IP          string
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

// written is what details are made of: the values of a session's content as they
// are written there, empty where they are absent, null or an empty string.
type written struct {
	email       string
	application struct{ id, name, version string }
	team        struct{ id string }
	device      struct{ id, description, os, version, simulator string }
	ip          string
}

func (s *Session) written() written {
	var w written
	for name, value := range members(s.content) {
		switch name {
		case "email":
			w.email = something(value)
		case "application":
			w.setApplication(value)
		case "team":
			for name, value := range members(value) {
				if name == "id" {
					w.team.id = something(value)
				}
			}
		case "device":
			w.setDevice(value)
		case "session":
			for name, value := range members(value) {
				if name == "ip" {
					w.ip = something(value)
				}
			}
		}
	}
	return w
}

func (w *written) setApplication(object string) {
	for name, value := range members(object) {
		switch name {
		case "id":
			w.application.id = something(value)
		case "name":
			w.application.name = something(value)
		case "version":
			w.application.version = something(value)
		}
	}
}

func (w *written) setDevice(object string) {
	for name, value := range members(object) {
		switch name {
		case "id":
			w.device.id = something(value)
		case "description":
			w.device.description = something(value)
		case "os":
			w.device.os = something(value)
		case "version":
			w.device.version = something(value)
		case "simulator":
			w.device.simulator = something(value)
		}
	}
}

// something returns a value, or nothing for one that says nothing.
func something(value string) string {
	if value == "null" || value == `""` {
		return ""
	}
	return value
}

// Email returns the e-mail address that the session's content says, or nothing.
func (s *Session) Email() string {
	for name, value := range members(s.content) {
		if name == "email" {
			return textOf(something(value))
		}
	}
	return ""
}

// Details reads what the session's content says.
func (s *Session) Details() Details {
	w := s.written()
	details := Details{
		Email: textOf(w.email),
		Application: Application{
			ID:      textOf(w.application.id),
			Name:    textOf(w.application.name),
			Version: textOf(w.application.version),
		},
		Team: Team{ID: textOf(w.team.id)},
		Device: Device{
			ID:          textOf(w.device.id),
			Description: textOf(w.device.description),
			OS:          textOf(w.device.os),
			Version:     textOf(w.device.version),
		},
		IP: textOf(w.ip),
	}
	if w.device.simulator != "" {
		details.Device.Simulator = new(w.device.simulator == "true")
	}
	return details
}

// textOf returns what a string says, or a number as it is written.
func textOf(value string) string {
	if strings.HasPrefix(value, `"`) {
		return unquote(value)
	}
	return value
}

// Summary is a session as listings show it; absent values are left out. It is
// what clients read; [Loaded.AppendSummary] writes it.
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
