package validate

import (
	stdjson "encoding/json"

	"sessiond/internal/session"
)

// document is a session file that the schema accepts, as far as the later
// checks and the session need it. Absent and null values are empty.
type document struct {
	team, application, id string // team.id, application.id, session.id
	token                 string // empty: absent, as the schema allows no empty one
	root                  object
}

func newDocument(value any) document {
	root := newObject(value)
	return document{
		team:        root.object("team").text("id"),
		application: root.object("application").text("id"),
		id:          root.object("session").text("id"),
		token:       root.text("token"),
		root:        root,
	}
}

// session returns the document as what is kept in memory.
func (d document) session(key session.Key, data []byte) *session.Session {
	application, device := d.root.object("application"), d.root.object("device")
	return &session.Session{
		Key:    key,
		Status: d.root.text("status"),
		Email:  d.root.text("email"),
		Application: session.Application{
			ID:      d.application,
			Name:    application.text("name"),
			Version: application.text("version"),
		},
		Team: session.Team{ID: d.team},
		Device: session.Device{
			ID:          device.text("id"),
			Description: device.text("description"),
			OS:          device.text("os"),
			Version:     device.text("version"),
			Simulator:   device.boolean("simulator"),
		},
		IP:  d.root.object("session").text("ip"),
		Raw: data,
	}
}

// object is a parsed JSON object; nil where there is none.
type object map[string]any

func newObject(value any) object {
	members, _ := value.(map[string]any)
	return members
}

func (o object) object(name string) object { return newObject(o[name]) }

// text returns a string's content or a number as it is written.
func (o object) text(name string) string {
	switch value := o[name].(type) {
	case string:
		return value
	case stdjson.Number:
		return value.String()
	}
	return ""
}

func (o object) boolean(name string) *bool {
	value, ok := o[name].(bool)
	if !ok {
		return nil
	}
	return &value
}
