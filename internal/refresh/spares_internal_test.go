package refresh

import (
	"runtime"
	"testing"
)

func TestSpares(t *testing.T) {
	s := spares[[100]int]{max: 2}
	if s.take() != nil {
		t.Error("there is one at the beginning")
	}
	a, b, c := new([100]int), new([100]int), new([100]int)
	for _, one := range []*[100]int{a, b, c} {
		s.give(one)
	}
	if s.take() != b || s.take() != a || s.take() != nil {
		t.Error("not the first two come back, the last first")
	}
	s.give(a)
	s.give(new([100]int))
	runtime.GC()
	if s.take() != a || s.take() != nil {
		t.Error("what was collected comes back, or the other does not")
	}
	runtime.KeepAlive(a)
}
