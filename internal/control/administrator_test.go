package control_test

import (
	"context"
	"sync"

	"sessiond/internal/admin"
	"sessiond/internal/audit"
	"sessiond/internal/edit"
	"sessiond/internal/session"
	"sessiond/internal/trash"
)

// administrator is an Administrator that does what a test tells it, and remembers what
// it was asked for.
type administrator struct {
	answer  admin.Answer
	err     error // of everything
	trashed trash.Page
	page    audit.Page
	digest  *session.Digest
	// many makes many changes; nil where all of them end as answer and err say.
	many func(ctx context.Context, items []edit.Item, tell func([]admin.Ended))

	mu      sync.Mutex
	order   admin.Order
	set     edit.Set
	id      string
	which   admin.Which
	filter  trash.Filter
	asked   audit.Filter
	refused []audit.Action
	opened  []session.Key
	items   []edit.Item
	deletes bool
}

func (a *administrator) note(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f()
}

func (a *administrator) Change(_ context.Context, o admin.Order, _ session.Key, set edit.Set) (admin.Answer, error) {
	a.note(func() { a.order, a.set = o, set })
	return a.answer, a.err
}

func (a *administrator) Delete(_ context.Context, o admin.Order, _ session.Key) (admin.Answer, error) {
	a.note(func() { a.order = o })
	return a.answer, a.err
}

func (a *administrator) ChangeAll(ctx context.Context, o admin.Order, items []edit.Item, set edit.Set, tell func([]admin.Ended)) {
	a.note(func() { a.order, a.items, a.set, a.deletes = o, items, set, false })
	a.all(ctx, items, tell)
}

func (a *administrator) DeleteAll(ctx context.Context, o admin.Order, items []edit.Item, tell func([]admin.Ended)) {
	a.note(func() { a.order, a.items, a.deletes = o, items, true })
	a.all(ctx, items, tell)
}

func (a *administrator) all(ctx context.Context, items []edit.Item, tell func([]admin.Ended)) {
	if a.many != nil {
		a.many(ctx, items, tell)
		return
	}
	for _, item := range items {
		ended := admin.Ended{Answer: a.answer, Err: a.err}
		ended.Key = item.Key
		tell([]admin.Ended{ended})
	}
}

func (a *administrator) Restore(_ context.Context, o admin.Order, id string) (admin.Answer, error) {
	a.note(func() { a.order, a.id = o, id })
	return a.answer, a.err
}

func (a *administrator) Trash(_ context.Context, f trash.Filter) (trash.Page, error) {
	a.note(func() { a.filter = f })
	return a.trashed, a.err
}

func (a *administrator) Purge(_ context.Context, o admin.Order, which admin.Which) ([]trash.Item, error) {
	a.note(func() { a.order, a.which = o, which })
	return a.trashed.Items, a.err
}

func (a *administrator) Audit(f audit.Filter) (audit.Page, error) {
	a.note(func() { a.asked = f })
	return a.page, a.err
}

func (a *administrator) Refused(_ audit.Actor, action audit.Action, _ session.Key, _ error) {
	a.note(func() { a.refused = append(a.refused, action) })
}

func (a *administrator) Opened(_ audit.Actor, key session.Key) {
	a.note(func() { a.opened = append(a.opened, key) })
}

func (*administrator) Refreshed(audit.Actor, string) {}

func (*administrator) Path(key session.Key) string { return "/srv/MobileApps/" + key.String() }

func (a *administrator) Digest(session.Key) (session.Digest, bool) {
	if a.digest == nil {
		return session.Digest{}, false
	}
	return *a.digest, true
}
