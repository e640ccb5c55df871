package cli

import "sessiond/internal/session"

// keyName is how a key is written for a person: the keys that stand for a whole
// folder say so.
func keyName(key session.Key) string {
	switch {
	case key.IsRoot():
		return "the whole MobileApps folder"
	case !key.IsFile():
		return key.String() + " (the whole folder)"
	}
	return key.String()
}

// problemCells is one line about one file: "KEY: mobi 3: message: detail".
func problemCells(p *session.Problem) []cell {
	tone := warn
	if p.Rejects() {
		tone = bad
	}
	return []cell{plain.of("%s: ", keyName(p.Session)), tone.of("%s", p)}
}

// unsettledCells is one line about one file that has no verdict yet.
func unsettledCells(u session.Unsettled) []cell {
	return []cell{plain.of("%s: ", keyName(u.Session)), warn.of("%s", u.Reason)}
}

// unsettled writes a file that has no verdict yet, and since when.
func (p *page) unsettled(u session.Unsettled) {
	p.line(unsettledCells(u)...)
	p.line(plain.of("    since %s", p.since(u.Since)))
}
