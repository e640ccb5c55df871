package control

import (
	"errors"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sessiond/internal/admin"
	"sessiond/internal/api"
	"sessiond/internal/edit"
	"sessiond/internal/session"
)

// changesBody is [api.Changes] with what has rules of its own still to be read.
type changesBody struct {
	Select   *session.Filter  `json:"select"`
	Sessions []api.ChangeItem `json:"sessions"`
	Set      jsontext.Value   `json:"set"`
	Delete   bool             `json:"delete"`
	NoTrash  bool             `json:"noTrash"`
	Reason   string           `json:"reason"`
	DryRun   bool             `json:"dryRun"`
	Max      int              `json:"max"`
}

// changes are what POST /v1/changes is asked for.
type changes struct {
	order admin.Order
	// items are the sessions; of a filter, they are still to be found, most of them at most.
	items   []edit.Item
	filter  *session.Filter
	most    int
	set     edit.Set
	deletes bool
}

func badChanges(format string, args ...any) *problem {
	return newProblem(api.KindInvalidChanges, format, args...)
}

// readChanges reads the body of POST /v1/changes.
func readChanges(body io.Reader) (*changes, error) {
	text, err := io.ReadAll(body) // it was received already
	if err != nil {
		return nil, err
	}
	if !jsontext.Value(text).IsValid() {
		return nil, newProblem(api.KindBodyMalformed, "the body is not JSON: an object with sessions or select, and set or delete is expected")
	}
	var b changesBody
	if err := json.Unmarshal(text, &b, json.RejectUnknownMembers(true)); err != nil {
		return nil, unreadChanges(err)
	}
	c := &changes{deletes: b.Delete, order: admin.Order{DryRun: b.DryRun, NoTrash: b.NoTrash, Reason: b.Reason}}
	if err := checkReason(b.Reason); err != nil {
		return nil, badChanges("%v", err)
	}
	if err := c.readAction(&b); err != nil {
		return nil, err
	}
	switch {
	case b.Select != nil:
		err = c.readSelect(&b)
	case b.Max != 0:
		err = badChanges("max is for select")
	default:
		err = c.readSessions(&b)
	}
	return c, err
}

// unreadChanges says what is wrong with the members of a body.
func unreadChanges(err error) error {
	if filter, ok := errors.AsType[*session.FilterError](err); ok {
		return badChanges("select cannot be read: %v", filter)
	}
	wrong, ok := errors.AsType[*json.SemanticError](err)
	switch {
	case errors.Is(err, session.ErrKey):
		return badChanges("a session cannot be read: %v", session.ErrKey)
	case ok && errors.Is(wrong, json.ErrUnknownName):
		return badChanges("there is no member %s", jsonQuote(string(wrong.JSONPointer)))
	case ok:
		return badChanges("%s is not as it is to be", jsonQuote(string(wrong.JSONPointer)))
	}
	return newProblem(api.KindBodyMalformed, "the body cannot be read")
}

// readAction reads what is to be done.
func (c *changes) readAction(b *changesBody) (err error) {
	switch {
	case b.Delete == (b.Set != nil):
		return badChanges("either set or delete says what is to be done")
	case b.Delete:
		return nil
	case b.NoTrash:
		return badChanges("noTrash is for delete")
	}
	if c.set, err = parseSet(b.Set); err != nil {
		return err
	}
	if c.set.IsZero() {
		return newProblem(api.KindInvalidSet, "nothing is to be set; %s can be", settable)
	}
	return nil
}

// readSelect reads which sessions are meant, by a filter.
func (c *changes) readSelect(b *changesBody) error {
	switch {
	case b.Sessions != nil:
		return badChanges("either select or sessions says which are meant")
	case !b.DryRun:
		return badChanges("select is for dry runs only: send back the items that one shows, as sessions")
	case len(b.Select.Members()) == 0:
		return badChanges("select is empty, and would select all sessions")
	case b.Max < 0 || b.Max > api.MaxChanges:
		return badChanges("max is %d; it may be 1 to %d", b.Max, api.MaxChanges)
	}
	c.filter, c.most = b.Select, b.Max
	if c.most == 0 {
		c.most = api.DefaultChanges
	}
	return nil
}

// readSessions reads which sessions are meant, one by one.
func (c *changes) readSessions(b *changesBody) error {
	switch {
	case len(b.Sessions) == 0:
		return badChanges("neither sessions nor select says which are meant")
	case len(b.Sessions) > api.MaxChanges:
		return badChanges("there are %d sessions; %d can be changed with one request", len(b.Sessions), api.MaxChanges)
	}
	c.items = make([]edit.Item, len(b.Sessions))
	seen := make(map[session.Key]bool, len(b.Sessions))
	for i, s := range b.Sessions {
		switch {
		case s.Session == session.Key{}:
			return badChanges("sessions[%d] names none", i)
		case seen[s.Session]:
			return badChanges("the session %q is there twice", s.Session.Short())
		}
		seen[s.Session] = true
		c.items[i].Key = s.Session
		if s.ETag == "" && b.DryRun {
			continue
		}
		digest, ok := session.ParseDigest(s.ETag)
		if !ok {
			return badChanges("etag of the session %q is %s; it may be that of a dry run, 32 hexadecimal digits", s.Session.Short(), jsonQuote(s.ETag))
		}
		c.items[i].IfMatch = &digest
	}
	return nil
}
