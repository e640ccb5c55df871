package control

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

const (
	// maxPart is how many of many sessions one request to the authority has, which is what it
	// changes together, and maxPartBody how long its body is at most, about.
	maxPart     = 1000
	maxPartBody = 512 << 10
)

// forwardChanges has the authority answer POST /v1/changes. The servers between take no
// messages as long as such a body may be, so the sessions go in several requests, one after
// the other.
func (s *Server) forwardChanges(op operation, w http.ResponseWriter, r *http.Request) (status int, err error) {
	f, err := forwardedOf(op, r)
	if err != nil {
		return 0, err
	}
	c, err := readChanges(bytes.NewReader(f.Body))
	switch {
	case err != nil:
		return 0, err
	case c.order.NoTrash:
		return 0, s.noTrash()
	case c.filter != nil:
		return s.exchange(w, r, f)
	}
	many := &forwardedMany{server: s, asked: *f, changes: c}
	most := maxPartBody
	if limit := s.forwarder.MaxBody(); limit > 0 {
		most = min(most, limit)
	}
	if err := many.split(most); err != nil {
		return 0, err
	}
	loan, err := s.borrow(r.Context(), len(c.items)*resultBytes)
	if err != nil {
		return 0, err
	}
	defer loan.repay()
	if c.order.DryRun {
		status, err := many.plan(w, r, loan.limit)
		return status, withoutEffect(err)
	}
	return many.carryOut(w, r)
}

// forwardedMany are changes of many sessions on their way.
type forwardedMany struct {
	server  *Server
	asked   Forwarded
	changes *changes
	parts   []changesPart
}

// changesPart is a request for some of many sessions.
type changesPart struct {
	items []api.ChangeItem
	body  []byte
}

// split makes the parts, each with a body of at most so many bytes, about.
func (m *forwardedMany) split(most int) error {
	c := m.changes
	all := make([]api.ChangeItem, len(c.items))
	for i, item := range c.items {
		all[i].Session = item.Key
		if item.IfMatch != nil {
			all[i].ETag = item.IfMatch.String()
		}
	}
	body := api.Changes{Delete: c.deletes, Reason: c.order.Reason, DryRun: c.order.DryRun}
	if !c.deletes {
		body.Set = &api.Set{Status: c.set.Status, Email: c.set.Email}
	}
	const itemBytes = 80 // of an item without its key
	for len(all) > 0 {
		n, size := 0, 0
		for n < len(all) && n < maxPart && (n == 0 || size < most) {
			size += len(all[n].Session.App) + len(all[n].Session.ID) + itemBytes
			n++
		}
		body.Sessions = all[:n]
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		m.parts = append(m.parts, changesPart{all[:n], text})
		all = all[n:]
	}
	return nil
}

// begin sends a part, and returns the exchange with the first piece of its answer.
func (m *forwardedMany) begin(ctx context.Context, part *changesPart) (Exchange, *Piece, error) {
	f := m.asked
	f.Body = part.body
	return m.server.beginExchange(ctx, &f)
}

// plan answers a dry run with what the parts say together.
func (m *forwardedMany) plan(w http.ResponseWriter, r *http.Request, limit time.Duration) (int, error) {
	var all api.ChangesPlan
	for i := range m.parts {
		x, piece, err := m.begin(r.Context(), &m.parts[i])
		if err != nil {
			return 0, err
		}
		body := piece.Body
		for more := piece; !more.Last; body = append(body, more.Body...) {
			if more, err = x.Next(r.Context()); err != nil {
				return 0, err
			}
		}
		if piece.Status != http.StatusOK {
			m.server.pass(w, piece, body)
			return piece.Status, nil
		}
		var plan api.ChangesPlan
		if err := json.Unmarshal(body, &plan); err != nil {
			return 0, err
		}
		all.Matched += plan.Matched
		all.Would.Change += plan.Would.Change
		all.Would.Nothing += plan.Would.Nothing
		all.Would.Refuse += plan.Would.Refuse
		all.Items = append(all.Items, plan.Items...)
	}
	m.server.stream(w, limit, all)
	return http.StatusOK, nil
}

// carryOut has the parts made, and passes on the line of each session as it comes. As where
// the files are, it goes on although the client is gone, and ends with the daemon, between
// two parts. A part that is not made is told as the failure of each of its sessions, and of
// all that follow.
func (m *forwardedMany) carryOut(w http.ResponseWriter, r *http.Request) (int, error) {
	ctx := context.WithoutCancel(r.Context())
	x, piece, err := m.begin(ctx, &m.parts[0])
	if err != nil {
		return 0, err
	}
	if piece.Status != http.StatusOK {
		m.server.passAll(ctx, w, x, piece)
		return piece.Status, nil
	}
	made := &forwardedLines{lines: newLines()}
	out := m.server.newStream(w)
	var writing sync.WaitGroup
	writing.Go(func() { out.sendLines(made.lines) })
	defer writing.Wait()
	defer made.lines.end()
	last := x
	for i := range m.parts {
		left := m.parts[i].items
		if i > 0 {
			x, piece, err = m.next(ctx, stopOf(r.Context()), i)
		}
		if err == nil {
			last = x
			left, err = made.part(ctx, x, piece, left)
		}
		if err != nil {
			made.failed(left, problemOf(err))
			m.abandon(made, i+1, err)
			break
		}
	}
	if !last.Visible(ctx) {
		made.sum.Visible = new(false)
	}
	made.lines.add(api.ChangesEnd{Summary: made.sum})
	return http.StatusOK, nil
}

// next begins a part that is not the first. Its refusal is an error.
func (m *forwardedMany) next(ctx, stop context.Context, i int) (Exchange, *Piece, error) {
	if stop.Err() != nil {
		return nil, nil, errStopping()
	}
	x, piece, err := m.begin(ctx, &m.parts[i])
	if err != nil || piece.Status == http.StatusOK {
		return x, piece, err
	}
	var p api.Problem
	if json.Unmarshal(piece.Body, &p) != nil {
		p = api.NewProblem(api.KindInternal, "the authority answers "+strconv.Itoa(piece.Status))
	}
	return nil, nil, &problem{Problem: p}
}

// abandon tells of the parts from the ith on, which were not sent, because another failed.
func (m *forwardedMany) abandon(made *forwardedLines, i int, why error) {
	p := problemOf(why)
	if p.Type == api.KindOutcomeUnknown {
		p = (&ExchangeError{Kind: api.KindAuthorityAway, Err: fmt.Errorf("the change was not begun: %w", why)}).problem()
	}
	for ; i < len(m.parts); i++ {
		made.failed(m.parts[i].items, p)
	}
}

// forwardedLines are the lines of the sessions of all parts.
type forwardedLines struct {
	lines *lines
	sum   api.ChangesSummary
}

var (
	errBrokenOff = errors.New("the authority's answer breaks off")
	errLacking   = errors.New("the authority's answer says nothing of the session")
)

// part passes on the lines of a part. With an error it returns the sessions of which there is
// none.
func (l *forwardedLines) part(ctx context.Context, x Exchange, piece *Piece, items []api.ChangeItem) (left []api.ChangeItem, err error) {
	told := make(map[session.Key]bool, len(items))
	var rest []byte
	for {
		rest = append(rest, piece.Body...)
		for {
			line, after, whole := bytes.Cut(rest, []byte{'\n'})
			if !whole {
				break
			}
			rest = after
			if !l.add(line, told) {
				continue
			}
			if left = untold(items, told); len(left) > 0 {
				return left, &ExchangeError{Kind: api.KindOutcomeUnknown, Err: errLacking}
			}
			return nil, nil
		}
		if piece.Last {
			err = &ExchangeError{Kind: api.KindOutcomeUnknown, Err: errBrokenOff}
		} else {
			piece, err = x.Next(ctx)
		}
		if err != nil {
			return untold(items, told), err
		}
	}
}

// untold returns the sessions of which there was no line.
func untold(items []api.ChangeItem, told map[session.Key]bool) []api.ChangeItem {
	return slices.DeleteFunc(slices.Clone(items), func(item api.ChangeItem) bool { return told[item.Session] })
}

// add passes on the line of a session, and reports whether it is the summary instead.
func (l *forwardedLines) add(line []byte, told map[session.Key]bool) (isEnd bool) {
	var one struct {
		Session session.Key    `json:"session"`
		Changed bool           `json:"changed"`
		Problem jsontext.Value `json:"problem"`
		Summary jsontext.Value `json:"summary"`
	}
	switch err := json.Unmarshal(line, &one); {
	case err != nil:
		return false // it counts as one that did not come
	case one.Summary != nil:
		return true
	case one.Problem != nil:
		l.sum.Failed++
	case one.Changed:
		l.sum.Changed++
	default:
		l.sum.Unchanged++
	}
	told[one.Session] = true
	l.lines.add(jsontext.Value(line))
	return false
}

// failed tells that sessions were not changed, or that nobody knows.
func (l *forwardedLines) failed(items []api.ChangeItem, p *problem) {
	for _, item := range items {
		l.sum.Failed++
		l.lines.add(api.ChangeResult{Session: item.Session, Problem: &p.Problem})
	}
}
