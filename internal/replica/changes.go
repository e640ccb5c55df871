package replica

import "sessiond/internal/session"

// maxChanges is how many keys are remembered for publishing. Where more have changed, as
// while the engine was away, the views before and after are compared.
const maxChanges = 65_536

// changes are the keys that passes have changed. The zero value has none.
type changes struct {
	all      bool // more than are remembered
	sessions map[session.Key]struct{}
	problems map[session.Key]struct{}
}

// add adds what a pass has changed.
func (c *changes) add(o *session.Outcome) {
	if c.all {
		return
	}
	if c.len()+len(o.Changes)+len(o.Problems) > maxChanges {
		*c = changes{all: true}
		return
	}
	if c.sessions == nil {
		c.sessions, c.problems = make(map[session.Key]struct{}), make(map[session.Key]struct{})
	}
	for _, change := range o.Changes {
		c.sessions[change.Session.Key().Clone()] = struct{}{}
	}
	for _, t := range o.Problems {
		c.problems[t.Session] = struct{}{}
	}
}

// len returns how many keys there are, maxChanges where that is not known.
func (c *changes) len() int {
	if c.all {
		return maxChanges
	}
	return len(c.sessions) + len(c.problems)
}
