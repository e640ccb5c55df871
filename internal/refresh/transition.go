package refresh

import (
	"slices"

	"sessiond/internal/session"
)

// transition is a [session.Transition] in the making.
type transition[T any] struct {
	session.Transition[T]
	existed bool // before
}

// mergeTransitions sorts transitions by their keys and makes one of those of the same
// key, which are in the order in which they came; none where nothing came of them.
func mergeTransitions[T any](all []transition[T]) []transition[T] {
	slices.SortStableFunc(all, func(a, b transition[T]) int { return a.Session.Compare(b.Session) })
	sum := all[:0]
	for i := 0; i < len(all); {
		first := all[i]
		for i++; i < len(all) && all[i].Session == first.Session; i++ {
			first.Transition = all[i].Transition
		}
		if first.existed || first.Now != nil {
			sum = append(sum, first)
		}
	}
	return sum
}

// plainTransitions returns transitions as readers get them.
func plainTransitions[T any](all []transition[T]) []session.Transition[T] {
	plain := make([]session.Transition[T], len(all))
	for i, one := range all {
		plain[i] = one.Transition
	}
	return plain
}
