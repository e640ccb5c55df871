package refresh

import (
	"cmp"
	"slices"

	"sessiond/internal/session"
)

// effects are what looks decided to do to sessions in memory.
type effects struct {
	all []session.Effect
	// jumbled is true where a key does not sort after the one before it. The keys of
	// one folder may be, until they are sorted.
	jumbled bool
}

// append adds effects in another folder.
func (e *effects) append(o *effects) {
	if len(o.all) == 0 {
		return
	}
	e.jumbled = e.jumbled || o.jumbled || len(e.all) > 0 && e.all[len(e.all)-1].Session.Compare(o.all[0].Session) >= 0
	e.all = append(e.all, o.all...)
}

// grow makes room for n more.
func (e *effects) grow(n int) { e.all = slices.Grow(e.all, n) }

// headed is the number of an effect, with the beginning of its session.id, which
// nearly always is enough to tell which of two comes first.
type headed struct {
	head uint64
	at   int
}

// sort puts effects in one folder in the order of their keys; those of one key stay
// as they came.
func (e *effects) sort() {
	order := make([]headed, len(e.all))
	for i := range order {
		order[i] = headed{session.Head(e.all[i].Session.ID()), i}
	}
	compare := func(a, b headed) int {
		if a.head != b.head {
			return cmp.Compare(a.head, b.head)
		}
		return cmp.Compare(e.all[a.at].Session.ID(), e.all[b.at].Session.ID())
	}
	slices.SortFunc(order, func(a, b headed) int { return cmp.Or(compare(a, b), cmp.Compare(a.at, b.at)) })
	for i := 1; i < len(order); i++ {
		e.jumbled = e.jumbled || compare(order[i-1], order[i]) == 0
	}
	e.arrange(order)
}

// arrange puts each effect where the order has it, along one cycle after the other:
// a copy would take as much room again. It uses the order up.
func (e *effects) arrange(order []headed) {
	const done = -1
	for start := range order {
		first := e.all[start]
		for to := start; order[to].at != done; {
			from := order[to].at
			order[to].at = done
			if from == start {
				e.all[to] = first
				break
			}
			e.all[to] = e.all[from]
			to = from
		}
	}
}
