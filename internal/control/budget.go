package control

import (
	"context"
	"time"

	"golang.org/x/sync/semaphore"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

const (
	// freeBytes is how long an answer may be that no budget is asked for: the small
	// ones, by which a daemon is watched over, are always given.
	freeBytes = 16 << 10
	// usualAnswerBytes is what answers in flight may hold together.
	usualAnswerBytes = 64 << 20
	// budgetPause is how long a client is to wait that got nothing of it, in seconds.
	budgetPause = "1"
)

// budget bounds the bytes of all answers in flight: what a client that reads slowly
// leaves in memory. The first half is lent for as long as a client may take over an
// answer; the second for a tenth of that, so that however many clients do not read,
// those who do are served soon.
type budget struct {
	patient, hasty *semaphore.Weighted
	size           int64 // of each
}

// newBudget returns a budget of so many bytes, of the usual number for none.
func newBudget(bytes int64) *budget {
	if bytes == 0 {
		bytes = usualAnswerBytes
	}
	half := bytes / 2
	return &budget{semaphore.NewWeighted(half), semaphore.NewWeighted(half), half}
}

// loan is a part of the budget that an answer has.
type loan struct {
	from  *semaphore.Weighted // nil where the answer is free
	bytes int64
	limit time.Duration // for the client to take the answer
}

// borrow takes a part of the budget for an answer of so many bytes at most. Where there
// is nothing left, it waits as long as an answer of the second half may take, and a
// little longer.
func (s *Server) borrow(ctx context.Context, bytes int) (*loan, error) {
	b, usual := s.budget, s.limits.Write
	if bytes <= freeBytes {
		return &loan{limit: usual}, nil
	}
	n := min(int64(bytes), b.size)
	if b.patient.TryAcquire(n) {
		return &loan{b.patient, n, usual}, nil
	}
	short := usual / 10
	waiting, cancel := context.WithTimeout(ctx, 2*short)
	defer cancel()
	defer context.AfterFunc(stopOf(ctx), cancel)()
	if err := b.hasty.Acquire(waiting, n); err != nil {
		p := newProblem(api.KindBusy, "answers that other clients are slow to read take all the memory there is for answers; try again soon")
		p.retryAfter = budgetPause
		return nil, p
	}
	return &loan{b.hasty, n, short}, nil
}

// shrink gives back what an answer does not need that has so many bytes.
func (l *loan) shrink(bytes int) {
	if more := l.bytes - int64(bytes); l.from != nil && more > 0 {
		l.from.Release(more)
		l.bytes -= more
	}
}

// repay gives back what is left.
func (l *loan) repay() {
	if l.from != nil {
		l.from.Release(l.bytes)
		l.from = nil
	}
}

const (
	// maxPage is how many bytes of sessions a page has, but for the last of them.
	maxPage = 1 << 20
	// keyBytes is how much a summary has beside what the session's content says.
	keyBytes = 1 << 10
	// errorBytes and entryBytes are about what an error, and a smaller entry of a
	// list, have at most.
	errorBytes, entryBytes = 1 << 10, 256
)

// boundOf returns how many bytes the summaries of some sessions have at most on one
// page.
func boundOf(found []session.Loaded) int {
	sum, longest := 0, 0
	for _, one := range found {
		most := one.Len() + keyBytes
		sum, longest = sum+most, max(longest, most)
	}
	return min(sum, maxPage+longest)
}
