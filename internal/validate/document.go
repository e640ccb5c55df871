package validate

// document is a session file that the schema accepts, as far as the later
// checks need it: what the members say, without escapes. Absent and null members
// are empty.
type document struct {
	team, application, id []byte // team.id, application.id, session.id
	status                []byte
	token                 []byte // empty: absent, as the schema allows no empty one
}

// newDocument returns the document in a value that the schema accepts.
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

func (o object) text(name string) []byte {
	text, _ := o[name].(string)
	return []byte(text)
}

// reset makes the document an empty one that keeps its room.
func (d *document) reset() {
	for _, text := range []*[]byte{&d.team, &d.application, &d.id, &d.status, &d.token} {
		if *text = (*text)[:0]; cap(*text) > maxKept {
			*text = nil
		}
	}
}
