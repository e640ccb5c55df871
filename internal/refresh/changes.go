package refresh

import (
	"cmp"
	"slices"

	"sessiond/internal/session"
)

// changes are what looks decided to change in memory, and the session that each of
// them leaves there, nil for none.
type changes struct {
	told     []session.Change
	sessions []*session.Session
	// jumbled is true where a key does not sort after the one before it. The keys of
	// one folder may be, until they are sorted.
	jumbled bool
}

func (c *changes) len() int { return len(c.told) }

func (c *changes) add(change session.Change, now *session.Session) {
	c.told, c.sessions = append(c.told, change), append(c.sessions, now)
}

// append adds changes in another folder.
func (c *changes) append(o *changes) {
	if o.len() == 0 {
		return
	}
	c.jumbled = c.jumbled || o.jumbled || c.len() > 0 && c.told[c.len()-1].Session >= o.told[0].Session
	c.told, c.sessions = append(c.told, o.told...), append(c.sessions, o.sessions...)
}

// grow makes room for n more.
func (c *changes) grow(n int) {
	c.told, c.sessions = slices.Grow(c.told, n), slices.Grow(c.sessions, n)
}

// headed is the number of a change, with the beginning of its session.id, which
// nearly always is enough to tell which of two comes first.
type headed struct {
	head uint64
	at   int
}

// sort puts changes in one folder in the order of their keys.
func (c *changes) sort() {
	if c.len() == 0 {
		return
	}
	order := make([]headed, c.len())
	folder := len(c.told[0].Session.App()) + len("/")
	for i := range order {
		order[i] = headed{session.Head(string(c.told[i].Session[folder:])), i}
	}
	slices.SortFunc(order, func(a, b headed) int {
		if a.head != b.head {
			return cmp.Compare(a.head, b.head)
		}
		return cmp.Compare(c.told[a.at].Session, c.told[b.at].Session)
	})
	c.arrange(order)
	for i := range c.len() - 1 {
		c.jumbled = c.jumbled || c.told[i].Session >= c.told[i+1].Session
	}
}

// arrange puts each change where the order has it, along one cycle after the other:
// a copy would take as much room again. It uses the order up.
func (c *changes) arrange(order []headed) {
	const done = -1
	for start := range order {
		told, now := c.told[start], c.sessions[start]
		for to := start; order[to].at != done; {
			from := order[to].at
			order[to].at = done
			if from == start {
				c.told[to], c.sessions[to] = told, now
				break
			}
			c.told[to], c.sessions[to] = c.told[from], c.sessions[from]
			to = from
		}
	}
}
