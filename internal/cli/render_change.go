package cli

import (
	"cmp"

	"sessiond/internal/api"
)

// plan writes what would be done to sessions: one by one below each other, several in a
// table.
func (p *page) plan(c *change, items []changed) {
	if len(items) == 0 {
		return
	}
	if len(items) == 1 && p.width > 0 {
		p.planOne(c, &items[0])
		return
	}
	names := make([]string, len(items))
	if p.width > 0 {
		names = uniqueAmong(keysOfChanged(items), leastID)
	}
	rows := make([][]cell, len(items))
	for i := range items {
		item := &items[i]
		if names[i] == "" {
			names[i] = item.Session.String()
		}
		says := summaryOf(item)
		rows[i] = []cell{
			plain.of("%s", names[i]), plain.of("%s", orDash(emailBefore(item))), plain.of("%s", orDash(says.Device.Description)),
			plain.of("%s", orDash(appOf(item, &says))), p.step(c, item),
		}
	}
	p.grid([]column{
		{title: "SESSION"},
		{title: "E-MAIL", least: 16},
		{title: "DEVICE", least: 10, drop: 2},
		{title: "APP", least: 8, drop: 1},
		{title: "CHANGE", least: 20},
	}, rows)
}

func (p *page) planOne(c *change, item *changed) {
	says := summaryOf(item)
	rows := [][]cell{{strong.of("Session"), plain.of("%s", item.Session)}}
	for _, part := range []struct{ name, value string }{
		{"Device", words(says.Device.Description, bracketed(system(says.Device)))},
		{"E-mail", emailBefore(item)},
		{"App", appOf(item, &says)},
	} {
		if part.value != "" {
			rows = append(rows, []cell{strong.of("%s", part.name), plain.of("%s", part.value)})
		}
	}
	p.table(append(rows, []cell{strong.of("Change"), p.step(c, item)}))
}

// step is what is done to one session: before → after.
func (p *page) step(c *change, item *changed) cell {
	before, after := item.Before, item.after()
	switch {
	case c.deletes && before == nil:
		return bad.of("%s", c.words.done+", although it is rejected")
	case c.deletes:
		return bad.of("%s", statusOf(before)+" → "+c.words.done)
	case !item.Changed:
		return plain.of("none, %s", c.words.same)
	case c.set.Email != nil:
		return warn.of("%s → %s", addressOf(before), addressOf(after))
	}
	return warn.of("%s → %s", statusOf(before), statusOf(after))
}

// changed writes what became of one session.
func (p *page) changed(c *change, item *changed) {
	head := plain.of("%s: ", item.Session)
	switch {
	case !item.Changed:
		p.line(head, plain.of("%s", c.words.same))
	case c.deletes && item.Trash != "":
		p.line(head, good.of("%s", c.words.done), plain.of(", in the trash%s as %s", c.trashAt, item.Trash))
	case c.deletes:
		p.line(head, good.of("%s", c.words.done), plain.of(" for good"))
	case c.set.Email != nil:
		p.line(head, good.of("%s", c.words.done), plain.of(": %s → %s", addressOf(item.Before), addressOf(item.after())))
	default:
		p.line(head, good.of("%s", c.words.done))
	}
}

// changedMany writes what became of many sessions.
func (p *page) changedMany(c *change, items []changed) {
	todo, same := split(items)
	if len(todo) > 0 {
		p.line(plain.of("%s: ", count(len(todo), "session", "sessions")), good.of("%s", c.words.done))
	}
	if len(same) > 0 {
		p.line(plain.of("%s: %s", count(len(same), "session", "sessions"), c.words.same))
	}
}

// summaryOf returns what is known of the session, which is nothing of a rejected file.
func summaryOf(c *changed) api.Summary {
	if c.Summary == nil {
		return api.Summary{}
	}
	return *c.Summary
}

// appOf is what a session's app is called.
func appOf(c *changed, says *api.Summary) string { return cmp.Or(says.Application.Name, c.Session.App) }

// emailBefore is the address that a session has before it is changed.
func emailBefore(c *changed) string {
	if c.Before == nil {
		return ""
	}
	return c.Before.Email
}

func statusOf(s *api.State) string {
	if s == nil {
		return "-"
	}
	return s.Status
}

func addressOf(s *api.State) string {
	if s == nil || s.Email == "" {
		return "no address"
	}
	return s.Email
}

// stateText is what a file says, as a part of a sentence.
func stateText(s *api.State) string { return words(s.Status, "with", addressOf(s)) }
