package refresh

import (
	"cmp"
	"slices"

	"sessiond/internal/session"
)

// turn is a turn in what readers see, in the making.
type turn[T any] struct {
	session.Turn[T]
	stood bool // something, before
}

// inSum sorts turns by their keys and makes one of those of the same key, which
// are in the order in which they came; none where nothing came of them.
func inSum[T any](turns []turn[T]) []turn[T] {
	slices.SortStableFunc(turns, func(a, b turn[T]) int { return cmp.Compare(a.Session, b.Session) })
	sum := turns[:0]
	for i := 0; i < len(turns); {
		first := turns[i]
		for i++; i < len(turns) && turns[i].Session == first.Session; i++ {
			first.Now = turns[i].Now
		}
		if first.stood || first.Now != nil {
			sum = append(sum, first)
		}
	}
	return sum
}

// told returns turns as readers get them.
func told[T any](turns []turn[T]) []session.Turn[T] {
	all := make([]session.Turn[T], len(turns))
	for i, one := range turns {
		all[i] = one.Turn
	}
	return all
}
