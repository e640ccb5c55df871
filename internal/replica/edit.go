package replica

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/internal/session"
)

// Edit is one message by which a follower asks the authority to answer a request that was
// made to the follower, or for more of the answer. A follower repeats it, with the same ID,
// as long as it has not the whole answer.
type Edit struct {
	// ID names the edit among those of its node, for as long as anybody remembers it.
	ID string `json:"id"`
	// Run is that of the authority which the follower knew as it asked first. No other one
	// executes the edit: it could not know whether that one has.
	Run session.Epoch `json:"run"`
	// Seen is when, by the authority's clock, the authority published the last head that the
	// follower has. A message that was on its way for too long is not taken: what was
	// remembered of its edit may be forgotten.
	Seen time.Time `json:"seen"`
	// From is how many bytes of the answer's body the follower has.
	From int `json:"from,omitzero"`
	// Request is nil once the follower has anything of the answer.
	Request *EditRequest `json:"request,omitzero"`
}

// EditRequest is a request of the interface.
type EditRequest struct {
	Method  string   `json:"method"`
	Target  string   `json:"target"` // the path, with the query
	IfMatch []string `json:"ifMatch,omitzero"`
	// Level is what its user may do at the follower, read or admin. User, UID, PID and Client
	// say who that is. The authority takes the node's word for it.
	Level  string  `json:"level"`
	User   string  `json:"user,omitzero"`
	UID    *uint32 `json:"uid,omitzero"`
	PID    int32   `json:"pid,omitzero"`
	Client string  `json:"client,omitzero"` // what the user's program says that it is
	Body   []byte  `json:"-"`
}

// Edited is the answer to an [Edit]: what there is of the request's answer behind From.
type Edited struct {
	ID string `json:"id"`
	// Refused is why there is no more of it.
	Refused EditRefusal `json:"refused,omitzero"`
	// Status is that of the request's answer, 0 as long as that has not begun. The other
	// members are headers of HTTP, as they are written there.
	Status      int    `json:"status,omitzero"`
	ContentType string `json:"contentType,omitzero"`
	ETag        string `json:"etag,omitzero"`
	RetryAfter  string `json:"retryAfter,omitzero"`
	// From is where Body begins in the answer's body, Last whether it ends there.
	From int  `json:"from,omitzero"`
	Last bool `json:"last,omitzero"`
	// Position is where a follower sees all that was done up to Body. It is zero where the
	// authority publishes nothing now.
	Position
	Body []byte `json:"-"`
}

// EditRefusal says why an authority does not answer an [Edit].
type EditRefusal string

// The refusals.
const (
	EditOtherRun  EditRefusal = "other-run" // another authority was meant
	EditLate      EditRefusal = "late"      // it was on its way for too long, or the follower is far behind
	EditUnsure    EditRefusal = "unsure"    // another may have taken over
	EditBusy      EditRefusal = "busy"      // too many are being executed, or remembered
	EditStopping  EditRefusal = "stopping"  // the authority is about to end
	EditForgotten EditRefusal = "forgotten" // its answer, or what the follower asks for of it, is not there any more
)

// Bounds of an edit, in bytes.
const (
	maxEditHead = 24 << 10 // of what is not the body
	maxEditID   = 64
)

var errNoBody = errors.New("it has no end of its first line")

// EncodeEdit returns an edit as text: a line of JSON, and behind it the request's body.
func EncodeEdit(e *Edit) ([]byte, error) {
	var body []byte
	if e.Request != nil {
		body = e.Request.Body
	}
	text, err := encodeWith(e, body)
	if err != nil {
		return nil, fmt.Errorf("cannot ask the authority for a change: %w", err)
	}
	return text, nil
}

// DecodeEdit reads what EncodeEdit writes, and nothing else.
func DecodeEdit(text []byte) (*Edit, error) {
	var e Edit
	body, err := decodeWith(text, &e, json.RejectUnknownMembers(true))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot read what a follower asks for: %w", err)
	case e.ID == "" || len(e.ID) > maxEditID || e.From < 0:
		return nil, fmt.Errorf("cannot read what a follower asks for: an ID of %d bytes, from %d", len(e.ID), e.From)
	case e.Request != nil:
		e.Request.Body = body
	case len(body) > 0:
		return nil, fmt.Errorf("cannot read what a follower asks for: %d bytes for no request", len(body))
	}
	return &e, nil
}

// EncodeEdited returns the answer as text, in the same form.
func EncodeEdited(e *Edited) ([]byte, error) {
	text, err := encodeWith(e, e.Body)
	if err != nil {
		return nil, fmt.Errorf("cannot answer a follower: %w", err)
	}
	return text, nil
}

// DecodeEdited reads what EncodeEdited writes.
func DecodeEdited(text []byte) (*Edited, error) {
	var e Edited
	body, err := decodeWith(text, &e)
	if err != nil {
		return nil, fmt.Errorf("cannot read the authority's answer: %w", err)
	}
	e.Body = body
	return &e, nil
}

func encodeWith(head any, body []byte) ([]byte, error) {
	text, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	return append(append(text, '\n'), body...), nil
}

func decodeWith(text []byte, head any, options ...json.Options) (body []byte, err error) {
	line, body, ok := bytes.Cut(text, []byte{'\n'})
	switch {
	case !ok:
		return nil, errNoBody
	case len(line) > maxEditHead:
		return nil, fmt.Errorf("its first line has %d bytes", len(line))
	}
	return body, json.Unmarshal(line, head, options...)
}
