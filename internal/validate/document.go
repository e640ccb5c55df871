package validate

// document is a session file that the schema accepts, as far as the later
// checks need it. Absent and null values are empty.
type document struct {
	team, application, id string // team.id, application.id, session.id
	status                string
	token                 string // empty: absent, as the schema allows no empty one
}

func newDocument(value any) document {
	root := newObject(value)
	return document{
		team:        root.object("team").text("id"),
		application: root.object("application").text("id"),
		id:          root.object("session").text("id"),
		status:      root.text("status"),
		token:       root.text("token"),
	}
}

// object is a parsed JSON object; nil where there is none.
type object map[string]any

func newObject(value any) object {
	members, _ := value.(map[string]any)
	return members
}

func (o object) object(name string) object { return newObject(o[name]) }

func (o object) text(name string) string {
	text, _ := o[name].(string)
	return text
}
