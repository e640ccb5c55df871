package cli

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

const (
	annaItem  = "20261122-170000-5f0c3a9e"
	annaOlder = "20261121-090000-5fffffff"
	bobItem   = "20261120-090000-0badcafe"
)

// deletedFiles are what the trash of the tests holds, newest first.
func deletedFiles() []api.TrashItem {
	item := func(id string, key session.Key, email, device string, at time.Time) api.TrashItem {
		return api.TrashItem{
			ID: id, Session: key, Email: email, Device: device, Status: session.StatusAccepted, Reason: "deleted",
			RemovedAt: at, Until: at.Add(7 * 24 * time.Hour), Size: 580,
		}
	}
	return []api.TrashItem{
		item(annaItem, anna, "anna.maria.von.und.zu.hohenstein@subsidiary.example.com", "Anna Maria’s new iPhone 16 Pro Max", today().Add(-time.Hour)),
		item(annaOlder, anna, "anna@example.com", "Anna’s iPhone", started().Add(-24*time.Hour)),
		item(bobItem, bob, "", "", started().Add(-48*time.Hour)),
	}
}

// trashRoutes are those of a daemon with that trash, one file a page; what it was asked
// for beside lists goes into asked.
func trashRoutes(t *testing.T, asked *[]string) routes {
	t.Helper()
	all := deletedFiles()
	fits := func(r *http.Request) (found []api.TrashItem) {
		q := r.URL.Query()
		for _, item := range all {
			prefix := q.Get("prefix")
			if (q.Get("app") == "" || item.Session.App == q.Get("app")) &&
				(strings.HasPrefix(item.Session.String(), prefix) || strings.HasPrefix(item.Session.ID, prefix)) &&
				(q.Get("email") == "" || item.Email == q.Get("email")) &&
				(q.Get("session") == "" || item.Session.String() == q.Get("session")) {
				found = append(found, item)
			}
		}
		return found
	}
	note := func(r *http.Request) { *asked = append(*asked, r.Method+" "+r.URL.String()) }
	return routes{
		"GET /v1/apps": says(200, `{"apps":[]}`),
		"GET /v1/trash": func(w http.ResponseWriter, r *http.Request) {
			page := api.TrashPage{Items: []api.TrashItem{}, Unreadable: 1}
			found := fits(r)
			for i := range found {
				if cursor := r.URL.Query().Get("cursor"); cursor == "" && i == 0 || cursor == found[i].ID {
					page.Items = found[i : i+1]
					if i+1 < len(found) {
						page.Next = found[i+1].ID
					}
				}
			}
			says(200, asJSON(t, page))(w, r)
		},
		"POST /v1/trash/{id}/restore": func(w http.ResponseWriter, r *http.Request) {
			note(r)
			if r.PathValue("id") == bobItem {
				says(409, `{"type":"/problems/file-exists","title":"Conflict","status":409,"detail":"a file of the session is there"}`)(w, r)
				return
			}
			says(200, `{"changed":true,"inMemory":true,"hints":[{"code":"x","text":"it stays in the trash"}]}`)(w, r)
		},
		"POST /v1/trash/purge": func(w http.ResponseWriter, r *http.Request) {
			note(r)
			found := fits(r)
			says(200, asJSON(t, api.Purged{Purged: len(found), Items: found}))(w, r)
		},
	}
}

const unreadableItem = "warning: 1 file of the trash cannot be read\n"

func TestTrash(t *testing.T) {
	socket := serve(t, trashRoutes(t, new([]string)))
	command(t, socket, "trash", "--session", anna.ID[:6], "--email", "anna@example.com", "--app", anna.App).want(t, exitDone, text(
		"ID                        DELETED              SESSION                                                                     E-MAIL            DEVICE         KEPT UNTIL",
		annaOlder+"  2026-11-21 09:00:00  "+anna.String()+"  anna@example.com  Anna’s iPhone  2026-11-28 09:00:00",
	), unreadableItem)
	got := command(t, socket, "trash", "-o", "json", "--limit", "2")
	if all := decode[trashListing](t, got.out); got.status != exitDone || len(all.Items) != 2 || all.Items[1].ID != annaOlder || all.Unreadable != 1 {
		t.Errorf("got %+v", got)
	}
	command(t, socket, "trash", "--email", "nobody@example.com").want(t, exitDone, "", unreadableItem+"nothing of that is in the trash\n")
	none := serve(t, routes{"GET /v1/trash": says(404, `{"type":"/problems/no-trash","title":"Not Found","status":404,"detail":"there is no trash: it is off"}`)})
	command(t, none, "trash").want(t, exitFailed, "", "sessiond: there is no trash: it is off\n")
}

func TestTrashFitsTheTerminal(t *testing.T) {
	for width, want := range map[int]string{
		60: text(
			"ID        DELETED           SESSION   E-MAIL",
			"5f0c3a9e  2026-11-22 17:00  7023d920  anna.maria.von.und.zu…",
			"5fffffff  2026-11-21 09:00  7023d920  anna@example.com",
			"0badcafe  2026-11-20 09:00  01234567  -",
		),
		80: text(
			"ID        DELETED           SESSION   E-MAIL                    KEPT UNTIL",
			"5f0c3a9e  2026-11-22 17:00  7023d920  anna.maria.von.und.zu.h…  2026-11-29 17:00",
			"5fffffff  2026-11-21 09:00  7023d920  anna@example.com          2026-11-28 09:00",
			"0badcafe  2026-11-20 09:00  01234567  -                         2026-11-27 09:00",
		),
		120: text(
			"ID        DELETED           SESSION   E-MAIL                           DEVICE                           KEPT UNTIL",
			"5f0c3a9e  2026-11-22 17:00  7023d920  anna.maria.von.und.zu.hohenste…  Anna Maria’s new iPhone 16 Pro…  2026-11-29 17:00",
			"5fffffff  2026-11-21 09:00  7023d920  anna@example.com                 Anna’s iPhone                    2026-11-28 09:00",
			"0badcafe  2026-11-20 09:00  01234567  -                                -                                2026-11-27 09:00",
		),
	} {
		same(t, drawn(t, false, func(p *page) { p.width = width; p.trash(deletedFiles()) }), want)
	}
}

// An id may be shortened, also to the beginning of its last part; all are known before
// anything is restored, and one that fails stops no other.
func TestRestore(t *testing.T) {
	var asked []string
	socket := serve(t, trashRoutes(t, &asked))
	command(t, socket, "restore", "5f0", "20261122", "--reason", "too early").want(t, exitDone, anna.String()+": restored\n",
		"hint: "+anna.String()+": it stays in the trash\n")
	same(t, strings.Join(asked, "\n"), "POST /v1/trash/"+annaItem+"/restore?reason=too+early")
	command(t, socket, "restore", "0bad", annaOlder).want(t, exitFailed, anna.String()+": restored\n", text(
		"sessiond: "+bob.String()+": not restored: a file of the session is there",
		"hint: "+anna.String()+": it stays in the trash",
	))
	asked = nil
	command(t, socket, "restore", annaItem, "5f").want(t, exitUsage, "",
		`sessiond: "5f" is ambiguous, it fits more than one deleted file: `+annaItem+", "+annaOlder+"\n")
	command(t, socket, "restore", annaItem, "77").want(t, exitNoSession, "", `sessiond: no such session in the trash: no id begins with "77"`+"\n")
	same(t, strings.Join(asked, "\n"), "")
	command(t, socket, "restore", "5f0", "--dry-run").want(t, exitDone, anna.String()+": would be restored\n",
		"hint: "+anna.String()+": it stays in the trash\n")
	same(t, strings.Join(asked, "\n"), "POST /v1/trash/"+annaItem+"/restore?dryRun=1")
	got := command(t, socket, "restore", "5f0", "0bad", "-o", "json")
	all := decode[changes](t, got.out)
	if got.status != exitFailed || len(all.Sessions) != 1 || len(all.Errors) != 1 || all.Errors[0].ErrCode != 409 {
		t.Errorf("got %+v", got)
	}
}

func TestPurge(t *testing.T) {
	var asked []string
	socket := serve(t, trashRoutes(t, &asked))
	command(t, socket, "trash", "purge", "7023", "--yes", "--reason", "asked for").want(t, exitDone, "2 deleted files erased\n", "")
	key := strings.ReplaceAll(anna.String(), "/", "%2F")
	same(t, strings.Join(asked, " "), "POST /v1/trash/purge?dryRun=1&session="+key+" POST /v1/trash/purge?reason=asked+for&session="+key)
	asked = nil
	got := command(t, socket, "trash", "purge", "--email", "anna@example.com", "--dry-run")
	if got.status != exitDone || !strings.Contains(got.out, annaOlder) || len(asked) != 1 {
		t.Errorf("got %+v, asked for %q", got, asked)
	}
	command(t, socket, "trash", "purge", "--email", "nobody@example.com", "-y").want(t, exitDone, "", "nothing of that is in the trash\n")
	command(t, socket, "trash", "purge", "a.b/c", "-y").want(t, exitDone, "", "nothing of that is in the trash\n")
	command(t, socket, "trash", "purge", "ffff", "-y").want(t, exitNoSession, "",
		`sessiond: no such session in the trash: no key and no id begins with "ffff"`+"\n")
	got = command(t, socket, "trash", "purge", "0123", "-y", "-o", "json")
	if purged := decode[api.Purged](t, got.out); got.status != exitDone || purged.Purged != 1 || purged.Items[0].ID != bobItem {
		t.Errorf("got %+v", got)
	}
}
