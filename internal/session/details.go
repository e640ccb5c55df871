package session

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
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

// document is what details are read from. Its versions may be numbers, which
// are kept as they are written.
type document struct {
	Email       string `json:"email"`
	Application struct {
		ID      string         `json:"id"`
		Name    string         `json:"name"`
		Version jsontext.Value `json:"version"`
	} `json:"application"`
	Team   Team `json:"team"`
	Device struct {
		ID          string         `json:"id"`
		Description string         `json:"description"`
		OS          string         `json:"os"`
		Version     jsontext.Value `json:"version"`
		Simulator   *bool          `json:"simulator"`
	} `json:"device"`
	Session struct {
		IP string `json:"ip"`
	} `json:"session"`
}

// Details reads what the session's content says.
func (s *Session) Details() Details {
	var d document
	// The content was judged: it says nothing of another type.
	_ = json.Unmarshal([]byte(s.content()), &d)
	return Details{
		Email:       d.Email,
		Application: Application{ID: d.Application.ID, Name: d.Application.Name, Version: textOf(d.Application.Version)},
		Team:        d.Team,
		Device: Device{
			ID:          d.Device.ID,
			Description: d.Device.Description,
			OS:          d.Device.OS,
			Version:     textOf(d.Device.Version),
			Simulator:   d.Device.Simulator,
		},
		IP: d.Session.IP,
	}
}

// textOf returns a string's content, or a number as it is written.
func textOf(value jsontext.Value) string {
	switch value.Kind() {
	case jsontext.KindString:
		text, _ := jsontext.AppendUnquote(nil, value)
		return string(text)
	case jsontext.KindNumber:
		return string(value)
	}
	return ""
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
	d := l.Details()
	return Summary{
		Session:     l.Key(),
		App:         l.App(),
		ID:          l.ID(),
		Status:      l.Status(),
		Email:       d.Email,
		Application: d.Application,
		Team:        d.Team,
		Device:      d.Device,
		IP:          d.IP,
		LoadedAt:    l.LoadedAt,
		Revision:    l.Revision,
	}
}
