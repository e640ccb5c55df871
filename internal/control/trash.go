package control

import (
	"net/http"

	"sessiond/internal/admin"
	"sessiond/internal/api"
	"sessiond/internal/session"
	"sessiond/internal/trash"
)

// trash answers GET /v1/trash.
func (s *Server) trash(w http.ResponseWriter, r *request) error {
	limit, err := parseLimit(r.query)
	if err != nil {
		return err
	}
	page, err := s.admin.Trash(r.Context(), trash.Filter{
		App: r.query.Get("app"), Prefix: r.query.Get("prefix"), Email: r.query.Get("email"),
		Before: r.query.Get("cursor"), Limit: limit,
	})
	if err != nil {
		return err
	}
	return s.replyLarge(w, r, len(page.Items)*errorBytes, api.TrashPage{Items: itemsOf(page.Items), Next: page.Next, Unreadable: page.Unreadable})
}

func itemsOf(found []trash.Item) []api.TrashItem {
	items := make([]api.TrashItem, len(found))
	for i, item := range found {
		items[i] = api.TrashItem{
			ID: item.ID, Session: item.Key, RemovedAt: item.RemovedAt, Until: item.Until, Reason: string(item.Reason),
			Status: item.Status, Email: item.Email, Device: item.Device, Size: item.Size,
		}
	}
	return items
}

// orderOfTrash reads how a change of the trash is wanted.
func (r *request) orderOfTrash() (admin.Order, error) {
	o, err := r.order()
	if err == nil && o.IfMatch != nil { // to ignore a precondition would be to break it
		err = newProblem(api.KindInvalidIfMatch, "If-Match is for session files; what is in the trash has no entity tag")
	}
	return o, err
}

// restore answers POST /v1/trash/{item}/restore.
func (s *Server) restore(w http.ResponseWriter, r *request) error {
	o, err := r.orderOfTrash()
	if err != nil {
		return err
	}
	answer, err := s.admin.Restore(r.Context(), o, r.PathValue("item"))
	if err != nil {
		return err
	}
	return s.replyEdit(w, &answer, o.DryRun)
}

// purgeItem answers DELETE /v1/trash/{item}.
func (s *Server) purgeItem(w http.ResponseWriter, r *request) error {
	return s.purgeThese(w, r, admin.Which{ID: r.PathValue("item")})
}

// purge answers POST /v1/trash/purge.
func (s *Server) purge(w http.ResponseWriter, r *request) error {
	which := admin.Which{Email: r.query.Get("email")}
	if text := r.query.Get("session"); text != "" {
		key, err := session.ParseKey(text)
		if err != nil {
			return badQuery("session: %v", err)
		}
		which.Key = key
	}
	if which == (admin.Which{}) {
		return badQuery("say whose deleted files are to be removed for good, by session, by email or by both")
	}
	return s.purgeThese(w, r, which)
}

func (s *Server) purgeThese(w http.ResponseWriter, r *request, which admin.Which) error {
	o, err := r.orderOfTrash()
	if err != nil {
		return err
	}
	found, err := s.admin.Purge(r.Context(), o, which)
	if err != nil {
		return err
	}
	return s.reply(w, api.Purged{Purged: len(found), Items: itemsOf(found[:min(len(found), api.MaxListed)])})
}
