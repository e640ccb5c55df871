package cli

import "sessiond/internal/api"

// trash writes deleted files. On a terminal, ids and keys are shortened, and apps left out.
func (p *page) trash(items []api.TrashItem) {
	rows := make([][]cell, len(items))
	for i := range items {
		item := &items[i]
		id, key := item.ID, item.Session.String()
		if p.width > 0 {
			id, key = shortItem(id), inApp(item.Session.Short())
		}
		rows[i] = []cell{
			plain.of("%s", id), plain.of("%s", p.tableMoment(item.RemovedAt)), plain.of("%s", key),
			plain.of("%s", orDash(item.Email)), plain.of("%s", orDash(item.Device)), plain.of("%s", p.tableMoment(item.Until)),
		}
	}
	p.grid([]column{
		{title: "ID"},
		{title: "DELETED"},
		{title: "SESSION"},
		{title: "E-MAIL", least: 16},
		{title: "DEVICE", least: 10, drop: 2},
		{title: "KEPT UNTIL", drop: 1},
	}, rows)
}
