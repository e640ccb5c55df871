package replica

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sessiond/internal/session"
)

// payload is what the log has of a session. It holds nothing that a restart of the
// authority changes (revision, time of loading), or a restart would publish all of them
// again.
type payload struct {
	Session session.Key `json:"session"`
	// ETag is the digest of the file.
	ETag     string           `json:"etag"`
	Modified session.FileTime `json:"modified"` // the file's, by its file system's clock
	// Content is the file without its secrets.
	Content jsontext.Value `json:"content"`
}

// encodeSession returns the payload of a session in memory.
func encodeSession(s session.Loaded) ([]byte, error) {
	text, err := json.Marshal(payload{
		Session:  s.Key(),
		ETag:     s.Digest().String(),
		Modified: session.FileTime(s.Modified.UnixNano()),
		Content:  s.Content(),
	})
	if err != nil {
		return nil, fmt.Errorf("cannot encode session %q: %w", s.Key().Short(), err)
	}
	return text, nil
}

var (
	errPayload = errors.New("it is not as an authority writes it")
	errSecret  = errors.New("it has a secret")
)

// decodeSession reads what encodeSession writes, for the key that has the hash.
func decodeSession(h Hash, text []byte) (*session.Session, session.FileTime, error) {
	var p payload
	if err := json.Unmarshal(text, &p, json.RejectUnknownMembers(true)); err != nil {
		return nil, 0, fmt.Errorf("cannot read a session of the log: %w", err)
	}
	digest, ok := session.ParseDigest(p.ETag)
	if _, err := session.ParseKey(p.Session.String()); err != nil || !ok || HashOf(p.Session) != h || p.Content.Kind() != '{' {
		return nil, 0, fmt.Errorf("cannot read a session of the log: %w", errPayload)
	}
	content, err := session.WithoutSecrets(p.Content)
	if err != nil {
		return nil, 0, fmt.Errorf("cannot read a session of the log: %w", err)
	}
	if len(content) != len(p.Content) {
		return nil, 0, fmt.Errorf("cannot read a session of the log: %w", errSecret)
	}
	var says struct {
		Status string `json:"status"`
	}
	if err := json.Unmarshal(content, &says); err != nil {
		return nil, 0, fmt.Errorf("cannot read a session of the log: %w", err)
	}
	return session.New(p.Session, content, says.Status, digest), p.Modified, nil
}

// encodeProblem returns the payload of a current error.
func encodeProblem(e *session.ActiveError) ([]byte, error) {
	text, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("cannot encode the error about %q: %w", e.Session.Short(), err)
	}
	return text, nil
}

// decodeProblem reads what encodeProblem writes, for the key that has the hash.
func decodeProblem(h Hash, text []byte) (*session.ActiveError, error) {
	e := new(session.ActiveError)
	if err := json.Unmarshal(text, e, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("cannot read an error of the log: %w", err)
	}
	if HashOf(e.Session) != h {
		return nil, fmt.Errorf("cannot read an error of the log: %w", errPayload)
	}
	return e, nil
}
