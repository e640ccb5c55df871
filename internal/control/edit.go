package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sessiond/internal/admin"
	"sessiond/internal/api"
	"sessiond/internal/audit"
	"sessiond/internal/edit"
	"sessiond/internal/session"
	"sessiond/internal/trash"
)

// Administrator makes the changes that the socket is asked for, and knows what was changed
// before. Its errors are of type [*edit.Error], or those of package admin.
type Administrator interface {
	// Change, Delete and Restore change one session's file and return after a pass over it.
	// Restore opens the session, too.
	Change(ctx context.Context, o admin.Order, key session.Key, set edit.Set) (admin.Answer, error)
	Delete(ctx context.Context, o admin.Order, key session.Key) (admin.Answer, error)
	Restore(ctx context.Context, o admin.Order, id string) (admin.Answer, error)
	// ChangeAll and DeleteAll do so for many, and tell what became of each as soon as that is
	// known, from one goroutine at a time.
	ChangeAll(ctx context.Context, o admin.Order, items []edit.Item, set edit.Set, tell func([]admin.Ended))
	DeleteAll(ctx context.Context, o admin.Order, items []edit.Item, tell func([]admin.Ended))

	// Trash returns deleted files that are kept, Purge and PurgeItem remove some for good.
	Trash(ctx context.Context, filter trash.Filter) (trash.Page, error)
	Purge(ctx context.Context, o admin.Order, which admin.Which) ([]trash.Item, error)

	// Audit returns what is on record.
	Audit(filter audit.Filter) (audit.Page, error)
	// Refused records that somebody was not allowed to do something, Opened that somebody
	// had a session opened, or several where the key is none, Refreshed that somebody had
	// a pass made for which the brake does not hold.
	Refused(by audit.Actor, action audit.Action, key session.Key, why error)
	Opened(by audit.Actor, key session.Key)
	Refreshed(by audit.Actor, reason string)

	// Path returns where a session's file is. Digest reads the file for its digest; it
	// reports false where that cannot be done now.
	Path(key session.Key) string
	Digest(key session.Key) (session.Digest, bool)
}

// change answers PATCH /v1/sessions/{app}/{id}.
func (s *Server) change(w http.ResponseWriter, r *request) error {
	key, err := keyOf(r.Request)
	if err != nil {
		return err
	}
	o, err := r.order()
	if err != nil {
		return err
	}
	set, err := readSet(r.Body)
	if err != nil {
		return err
	}
	answer, err := s.admin.Change(r.Context(), o, key, set)
	if err != nil {
		return err
	}
	return s.replyEdit(w, &answer, o.DryRun)
}

// remove answers DELETE /v1/sessions/{app}/{id}.
func (s *Server) remove(w http.ResponseWriter, r *request) error {
	key, err := keyOf(r.Request)
	if err != nil {
		return err
	}
	o, err := r.order()
	if err != nil {
		return err
	}
	answer, err := s.admin.Delete(r.Context(), o, key)
	if err != nil {
		return err
	}
	return s.replyEdit(w, &answer, o.DryRun)
}

// order reads how a change is wanted.
func (r *request) order() (o admin.Order, err error) {
	o.By = actorOf(r.Request)
	if o.DryRun, err = isSet(r, "dryRun"); err != nil {
		return o, err
	}
	if o.NoTrash, err = isSet(r, "noTrash"); err != nil {
		return o, err
	}
	o.Reason = r.query.Get("reason")
	if err := checkReason(o.Reason); err != nil {
		return o, badQuery("%v", err)
	}
	o.IfMatch, err = parseIfMatch(r.Header.Values("If-Match"))
	return o, err
}

// maxReason is how long the reason of a change may be, in bytes.
const maxReason = 500

// checkReason returns what is wrong with the reason of a change.
func checkReason(text string) error {
	switch {
	case len(text) > maxReason:
		return fmt.Errorf("reason has more than %d bytes", maxReason)
	case !utf8.ValidString(text), strings.ContainsFunc(text, unicode.IsControl):
		return errors.New("reason must be text without control characters")
	}
	return nil
}

// isSet reads a parameter that is 1 or absent.
func isSet(r *request, name string) (bool, error) {
	if !r.query.Has(name) {
		return false, nil
	}
	if value := r.query.Get(name); value != "1" {
		return false, badQuery("%s is %q; it may be 1", name, value)
	}
	return true, nil
}

// parseIfMatch reads the header of that name. A list would say that any of several
// contents may be changed, and a weak tag does not name one of them.
func parseIfMatch(values []string) (*session.Digest, error) {
	if len(values) == 0 {
		return nil, nil //nolint:nilnil // no precondition is the ordinary case
	}
	if len(values) > 1 {
		return nil, newProblem(api.KindInvalidIfMatch, "If-Match is given %d times; one entity tag may be given", len(values))
	}
	value := strings.TrimSpace(values[0])
	bad := func(why string) error {
		return newProblem(api.KindInvalidIfMatch, `If-Match is %s; it may be one entity tag as the ETag of an answer has it, 32 hexadecimal digits in quotes`, why)
	}
	switch {
	case value == "":
		return nil, bad("empty")
	case value == "*":
		return nil, bad("*")
	case strings.Contains(value, ","):
		return nil, bad("a list")
	case strings.HasPrefix(value, "W/"):
		return nil, bad("a weak entity tag")
	}
	text, quoted := strings.CutPrefix(value, `"`)
	text, closed := strings.CutSuffix(text, `"`)
	digest, ok := session.ParseDigest(text)
	if !quoted || !closed || !ok {
		return nil, bad("no entity tag of a session file")
	}
	return &digest, nil
}

// settable are the members of a session file that can be changed.
const settable = "status and email"

// readSet reads a merge patch.
func readSet(body io.Reader) (edit.Set, error) {
	text, err := io.ReadAll(body) // it was received already
	if err != nil {
		return edit.Set{}, err
	}
	patch := jsontext.Value(text)
	if !patch.IsValid() {
		return edit.Set{}, newProblem(api.KindBodyMalformed, "the body is not JSON: an object with %s is expected", settable)
	}
	return parseSet(patch)
}

// parseSet reads what is to be set, from valid JSON.
func parseSet(patch jsontext.Value) (set edit.Set, err error) {
	if patch.Kind() != '{' {
		return edit.Set{}, newProblem(api.KindInvalidSet, "what to set must be an object; it may have %s", settable)
	}
	var members map[string]jsontext.Value
	if err := json.Unmarshal(patch, &members); err != nil {
		return edit.Set{}, newProblem(api.KindBodyMalformed, "what to set cannot be read")
	}
	var unknown []string
	for _, name := range slices.Sorted(maps.Keys(members)) { // of several that are wrong, the first by name is told
		value := members[name]
		switch name {
		case "status":
			set.Status, err = readText(name, value)
		case "email":
			set.Email, err = readText(name, value)
		default:
			unknown = append(unknown, jsonQuote(name))
			continue
		}
		if err != nil {
			return edit.Set{}, err
		}
	}
	if len(unknown) > 0 {
		return edit.Set{}, newProblem(api.KindInvalidSet, "%s cannot be set; %s can", strings.Join(unknown[:min(len(unknown), 5)], ", "), settable)
	}
	if err := set.Check(); err != nil {
		return edit.Set{}, newProblem(api.KindInvalidSet, "%v", err)
	}
	return set, nil
}

// jsonQuote returns a name for people, however long it is.
func jsonQuote(name string) string {
	if len(name) > 64 {
		name = strings.ToValidUTF8(name[:64], "") + "…"
	}
	quoted, _ := jsontext.AppendQuote(nil, name) // a member's name is UTF-8
	return string(quoted)
}

func readText(name string, value jsontext.Value) (*string, error) {
	switch value.Kind() {
	case '"':
	case 'n':
		return nil, newProblem(api.KindInvalidSet, "%s is null, which would remove it; no member can be removed", name)
	default:
		return nil, newProblem(api.KindInvalidSet, "%s must be a string", name)
	}
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		return nil, newProblem(api.KindBodyMalformed, "%s cannot be read", name)
	}
	return &text, nil
}

// replyEdit answers with what became of an order, or would.
func (s *Server) replyEdit(w http.ResponseWriter, a *admin.Answer, dryRun bool) error {
	answer := api.Edit{
		Summary: s.summaryOf(a), Changed: a.Changed, Pass: a.Pass, Trash: a.Trash, InMemory: a.InMemory != nil, Hints: a.Hints,
	}
	if a.Before != nil {
		answer.Before = &api.State{Status: a.Before.Status(), Email: a.Before.Email()}
	}
	now := a.Digest
	if dryRun {
		now = a.Read
	}
	if now != (session.Digest{}) {
		answer.ETag = now.String()
		w.Header().Set("ETag", etag(now))
	}
	return s.reply(w, answer)
}

// summaryOf returns the session that an answer is about. Where the one in memory is the
// file's, that is it.
func (s *Server) summaryOf(a *admin.Answer) *api.Summary {
	about := a.After
	if about == nil {
		about = a.Before
	}
	switch {
	case about == nil:
		return nil
	case a.InMemory != nil && a.InMemory.Digest() == about.Digest():
		return api.SummaryOf(s.withSeen(*a.InMemory))
	}
	return api.SummaryOf(session.Loaded{Session: about})
}

// etag returns the entity tag of a file.
func etag(d session.Digest) string { return `"` + d.String() + `"` }
