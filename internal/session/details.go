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

// RawDetails are [Details] as the content writes them: each is a value in JSON, empty
// where it is absent, null or an empty string.
type RawDetails struct {
	Email       string
	Application struct{ ID, Name, Version string }
	Team        struct{ ID string }
	Device      struct{ ID, Description, OS, Version, Simulator string }
	IP          string
}

// RawDetails finds what the session's content says, and reads none of it.
func (s *Session) RawDetails() RawDetails {
	var raw RawDetails
	for name, value := range members(s.content) {
		switch name {
		case "email":
			raw.Email = something(value)
		case "application":
			raw.setApplication(value)
		case "team":
			for name, value := range members(value) {
				if name == "id" {
					raw.Team.ID = something(value)
				}
			}
		case "device":
			raw.setDevice(value)
		case "session":
			for name, value := range members(value) {
				if name == "ip" {
					raw.IP = something(value)
				}
			}
		}
	}
	return raw
}

func (raw *RawDetails) setApplication(object string) {
	for name, value := range members(object) {
		switch name {
		case "id":
			raw.Application.ID = something(value)
		case "name":
			raw.Application.Name = something(value)
		case "version":
			raw.Application.Version = something(value)
		}
	}
}

func (raw *RawDetails) setDevice(object string) {
	for name, value := range members(object) {
		switch name {
		case "id":
			raw.Device.ID = something(value)
		case "description":
			raw.Device.Description = something(value)
		case "os":
			raw.Device.OS = something(value)
		case "version":
			raw.Device.Version = something(value)
		case "simulator":
			raw.Device.Simulator = something(value)
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

// DeviceDescription returns the description of the device that the session's content says,
// or nothing.
func (s *Session) DeviceDescription() string { return s.memberOf("device", "description") }

// AppName returns the name of the app that the session's content says, or nothing.
func (s *Session) AppName() string { return s.memberOf("application", "name") }

// memberOf returns the text of a member of an object that the content has, or nothing.
func (s *Session) memberOf(object, member string) string {
	for name, value := range members(s.content) {
		if name != object {
			continue
		}
		for name, value := range members(value) {
			if name == member {
				return textOf(something(value))
			}
		}
	}
	return ""
}

// Details reads what the session's content says.
func (s *Session) Details() Details {
	raw := s.RawDetails()
	details := Details{
		Email: textOf(raw.Email),
		Application: Application{
			ID:      textOf(raw.Application.ID),
			Name:    textOf(raw.Application.Name),
			Version: textOf(raw.Application.Version),
		},
		Team: Team{ID: textOf(raw.Team.ID)},
		Device: Device{
			ID:          textOf(raw.Device.ID),
			Description: textOf(raw.Device.Description),
			OS:          textOf(raw.Device.OS),
			Version:     textOf(raw.Device.Version),
		},
		IP: textOf(raw.IP),
	}
	if raw.Device.Simulator != "" {
		details.Device.Simulator = new(raw.Device.Simulator == "true")
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

// Loaded is a session in memory, with the moment it was loaded and the revision
// of the change that put it there.
type Loaded struct {
	*Session
	// Modified is when the file was modified whose content was loaded, by the file
	// system's clock.
	Modified time.Time
	LoadedAt time.Time
	Revision uint64
	// SeenAt is when the check accepted its token last. The store does not know it: zero
	// where nobody has set it, or does not know either.
	SeenAt time.Time
}
