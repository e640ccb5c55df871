package api

import (
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"sessiond/internal/session"
)

// Summary is a session as listings show it; absent values are left out. It is what
// clients read; [AppendSummary] writes it. LoadedAt and Revision are zero, and left out,
// only of a session that is not in memory ([Edit], [Problem]).
type Summary struct {
	Session     session.Key         `json:"session"`
	App         string              `json:"app"`
	ID          string              `json:"id"`
	Status      string              `json:"status"`
	Email       string              `json:"email,omitempty"`
	Application session.Application `json:"application,omitzero"`
	Team        session.Team        `json:"team,omitzero"`
	Device      session.Device      `json:"device,omitzero"`
	IP          string              `json:"ip,omitempty"`
	Modified    time.Time           `json:"modified,omitzero"` // the file whose content was loaded
	LoadedAt    time.Time           `json:"loadedAt,omitzero"`
	Revision    uint64              `json:"revision,omitzero"`
	SeenAt      time.Time           `json:"seenAt,omitzero"` // when its token was last accepted, to the minute
}

// SummaryOf returns the summary of a session that need not be in memory.
func SummaryOf(l session.Loaded) *Summary {
	key, says := l.Key().Clone(), l.Details()
	return &Summary{
		Session: key, App: key.App, ID: key.ID, Status: l.Status(),
		Email: says.Email, Application: says.Application, Team: says.Team, Device: says.Device, IP: says.IP,
		Modified: l.Modified, LoadedAt: l.LoadedAt, Revision: l.Revision, SeenAt: l.SeenAt,
	}
}

// Detail is a session with the content of its file, except for the secrets.
type Detail struct {
	Summary
	Content jsontext.Value `json:"content"`
}

// Page is a part of the sessions in memory. It is the answer to GET /v1/sessions.
type Page struct {
	Sessions []Summary `json:"sessions"`
	Next     string    `json:"next,omitempty"` // the cursor of the next page; empty on the last
	// Total is how many sessions pass the filter, on all pages; nil where nobody asked and
	// it is not known without looking.
	Total *int `json:"total,omitzero"`
	// Epoch and Revision are where to follow from.
	Epoch    session.Epoch `json:"epoch"`
	Revision uint64        `json:"revision"`
}

// DuplicateGroup is sessions of one device, newest first.
type DuplicateGroup struct {
	// Certain is whether device and application are the same; else only what people see of
	// them is, and the group is a proposal.
	Certain  bool      `json:"certain"`
	Total    int       `json:"total"`    // how many sessions it has
	Sessions []Summary `json:"sessions"` // the first [MaxListed] of them
}

// DuplicatePage is a part of the groups, newest first. It is the answer to GET
// /v1/duplicates.
type DuplicatePage struct {
	Duplicates []DuplicateGroup `json:"duplicates"`
	Next       string           `json:"next,omitempty"` // the cursor of the next page; empty on the last
	Epoch      session.Epoch    `json:"epoch"`
	Revision   uint64           `json:"revision"`
}

// UnadmittedPage is a part of the valid files whose sessions are not in memory, sorted by
// key. It is the answer to GET /v1/not-in-memory.
type UnadmittedPage struct {
	Files    []session.UnadmittedFile `json:"files"`
	Next     string                   `json:"next,omitempty"` // the cursor of the next page; empty on the last
	Epoch    session.Epoch            `json:"epoch"`
	Revision uint64                   `json:"revision"`
}

// Apps is the answer to GET /v1/apps.
type Apps struct {
	Apps []App `json:"apps"`
}

// App is one app folder that has a session in memory or a rejected file. Team,
// Application and Name are empty where no session tells them.
type App struct {
	App         string `json:"app"`
	Team        string `json:"team"`
	Application string `json:"application"`
	Name        string `json:"name"`
	Sessions    int    `json:"sessions"`
	Pending     int    `json:"pending"`
	Rejected    int    `json:"rejected"`
}

// AppendPage appends a [Page] as JSON. It ends with the first session at which it has
// maxBytes. next returns the cursor after so many sessions, which needs no escape
// sequence, or nothing where the list ends there.
func AppendPage(to []byte, sessions []session.Loaded, maxBytes int, next func(shown int) string, total *int, at session.Position) []byte {
	begin := len(to)
	to = append(to, `{"sessions":[`...)
	shown := 0
	for shown < len(sessions) && len(to)-begin < maxBytes {
		if shown > 0 {
			to = append(to, ',')
		}
		to = AppendSummary(to, sessions[shown])
		shown++
	}
	to = append(to, ']')
	if next := next(shown); next != "" {
		to = append(to, `,"next":"`...)
		to = append(to, next...)
		to = append(to, '"')
	}
	if total != nil {
		to = append(to, `,"total":`...)
		to = strconv.AppendInt(to, int64(*total), 10)
	}
	to = append(to, `,"epoch":"`...)
	to, _ = at.Epoch.AppendText(to) // it never fails
	to = append(to, `","revision":`...)
	to = strconv.AppendUint(to, at.Revision, 10)
	return append(to, '}')
}

// AppendSummary appends the [Summary] of a session as JSON. What the content says is
// copied as it is written there, since to read and to write it again would cost more
// than all the rest of an answer.
func AppendSummary(to []byte, l session.Loaded) []byte {
	to = appendNames(to, l)
	raw := l.RawDetails()
	to = appendMember(to, "email", raw.Email)
	to = appendObject(to, "application",
		member{"id", raw.Application.ID}, member{"name", raw.Application.Name}, member{"version", quoted(raw.Application.Version)})
	to = appendObject(to, "team", member{"id", raw.Team.ID})
	to = appendObject(to, "device",
		member{"id", raw.Device.ID}, member{"description", raw.Device.Description}, member{"os", raw.Device.OS},
		member{"version", quoted(raw.Device.Version)}, member{"simulator", raw.Device.Simulator})
	to = appendMember(to, "ip", raw.IP)
	to = append(to, `,"modified":"`...)
	to = l.Modified.AppendFormat(to, time.RFC3339Nano)
	to = append(to, `","loadedAt":"`...)
	to = l.LoadedAt.AppendFormat(to, time.RFC3339Nano)
	to = append(to, `","revision":`...)
	to = strconv.AppendUint(to, l.Revision, 10)
	if !l.SeenAt.IsZero() {
		to = append(to, `,"seenAt":"`...)
		to = l.SeenAt.AppendFormat(to, time.RFC3339)
		to = append(to, '"')
	}
	return append(to, '}')
}

// AppendDetail appends the [Detail] of a session as JSON.
func AppendDetail(to []byte, l session.Loaded) []byte {
	to = AppendSummary(to, l)
	to = append(to[:len(to)-1], `,"content":`...)
	to = append(to, l.Content()...)
	return append(to, '}')
}

// appendNames appends the beginning of a summary, which the content does not say
// in these words.
func appendNames(to []byte, l session.Loaded) []byte {
	key := l.Key()
	to = append(to, `{"session":"`...)
	app := len(to)
	to = appendEscaped(to, key.App)
	slash := len(to)
	to = append(to, '/')
	to = appendEscaped(to, key.ID)
	end := len(to)
	to = append(to, `","app":"`...)
	to = append(to, to[app:slash]...)
	to = append(to, `","id":"`...)
	to = append(to, to[slash+1:end]...)
	to = append(to, `","status":"`...)
	to = append(to, l.Status()...)
	return append(to, '"')
}

// appendEscaped appends what stands between the quotes of a JSON string.
func appendEscaped(to []byte, text string) []byte {
	quote := len(to)
	to, _ = jsontext.AppendQuote(to, text) // keys are UTF-8
	inner := to[quote+1 : len(to)-1]
	return append(to[:quote], inner...)
}

// member is a name and a value as it is written in JSON; without one, it is left
// out.
type member struct{ name, value string }

// appendMember appends a member to an object that has others.
func appendMember(to []byte, name, value string) []byte {
	if value == "" {
		return to
	}
	to = append(to, `,"`...)
	to = append(to, name...)
	to = append(to, `":`...)
	return append(to, value...)
}

// appendObject is appendMember for an object, which is left out where all its
// members are.
func appendObject(to []byte, name string, members ...member) []byte {
	begin := len(to)
	to = appendMember(to, name, "{")
	empty := len(to)
	for _, m := range members {
		to = appendMember(to, m.name, m.value)
	}
	if len(to) == empty {
		return to[:begin]
	}
	to = append(to[:empty], to[empty+1:]...) // without the comma of the first
	return append(to, '}')
}

// quoted returns a number as a string.
func quoted(value string) string {
	if value == "" || strings.HasPrefix(value, `"`) {
		return value
	}
	return `"` + value + `"`
}
