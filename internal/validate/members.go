package validate

import "sessiond/internal/session"

// What the reader knows about a session file: schema.json once more, and which
// members are secrets. Tests hold that both say the same; what changes there is
// changed here too.

func fileMember(r *reader, name []byte) bool {
	switch string(name) {
	case "application":
		return r.object(applicationMember)
	case "team":
		return r.null() || r.object(teamMember)
	case "session":
		return r.object(sessionMember)
	case "status":
		return r.text(&r.document.status) && r.document.hasStatus()
	case "token":
		defer r.leaveOut()
		return r.text(&r.document.token) && len(r.document.token) > 0
	case "email":
		return r.oneOf(stringOrNull)
	case "device":
		return r.null() || r.object(deviceMember)
	case "language", "parameters", "userInfo":
		return r.oneOf(objectOrNull)
	}
	return r.any()
}

func applicationMember(r *reader, name []byte) bool {
	switch string(name) {
	case "id":
		return r.text(&r.document.application)
	case "name":
		return r.oneOf(stringOrNull)
	case "version":
		return r.oneOf(versionOrNull)
	}
	return r.any()
}

func teamMember(r *reader, name []byte) bool {
	if string(name) == "id" {
		return r.null() || r.text(&r.document.team)
	}
	return r.any()
}

func sessionMember(r *reader, name []byte) bool {
	switch string(name) {
	case "id":
		return r.text(&r.document.id)
	case "ip":
		return r.oneOf(stringOrNull)
	}
	return r.any()
}

func deviceMember(r *reader, name []byte) bool {
	switch string(name) {
	case "id", "description", "os":
		return r.oneOf(stringOrNull)
	case "version":
		return r.oneOf(versionOrNull)
	case "simulator":
		return r.oneOf(booleanOrNull)
	case "token":
		defer r.leaveOut()
		return r.dec.SkipValue() == nil
	}
	return r.any()
}

// hasStatus reports whether the status is one that there is.
func (d *document) hasStatus() bool {
	status := string(d.status)
	return status == session.StatusAccepted || status == session.StatusPending
}

// isComplete reports whether the members that the schema requires are there and
// not empty.
func (d *document) isComplete() bool {
	return len(d.application) > 0 && len(d.id) > 0 && len(d.status) > 0
}
