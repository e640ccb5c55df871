package seen

import (
	"fmt"
	"iter"
	"testing"

	"go.uber.org/goleak"

	"sessiond/internal/session"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func key(n int) session.Key {
	return session.Key{App: "TEAM.com.example.app", ID: fmt.Sprintf("%040x", n)}
}

// keys yields the first so many keys.
func keys(n int) iter.Seq[session.Key] {
	return func(yield func(session.Key) bool) {
		for i := range n {
			if !yield(key(i)) {
				return
			}
		}
	}
}
