package refresh

import "testing"

func TestSpares(t *testing.T) {
	s := spares[int]{max: 2}
	if s.take() != nil {
		t.Error("there is one at the beginning")
	}
	a, b, c := new(int), new(int), new(int)
	for _, one := range []*int{a, b, c} {
		s.give(one)
	}
	if s.take() != b || s.take() != a || s.take() != nil {
		t.Error("not the first two come back, the last first")
	}
}
