// Package token knows the connection token of a session: what one says, and which
// session file it belongs to (refresh contract, section 2).
//
// A token is base64 of a JSON object with three ids. It is a secret: whoever has
// one may act as the session. No error of this package quotes any of it.
package token

import (
	"bytes"
	"encoding/base64"
	"errors"

	"github.com/go-json-experiment/json"

	"sessiond/internal/session"
)

// Claims are what a connection token says. Absent and null members are empty;
// other members are allowed and count for nothing.
type Claims struct {
	Application string `json:"appNameID"` // application.id
	Session     string `json:"id"`        // session.id
	Team        string `json:"teamID"`    // team.id, empty where there is no team
}

// What [Parse] returns for a text that is no token.
var (
	// ErrBase64 is returned for a text that is not base64 in one of the two
	// alphabets, with or without padding.
	ErrBase64 = errors.New("not base64")
	// ErrSyntax is returned for base64 of something that is not well-formed JSON.
	ErrSyntax = errors.New("no well-formed JSON in base64")
	// ErrClaims is returned for base64 of JSON that is no object, or one in which
	// an id is neither a string nor null.
	ErrClaims = errors.New("not a JSON object with the strings appNameID, id and teamID")
)

// Parse returns what a token says. It is [ErrBase64], [ErrSyntax] or [ErrClaims]
// that it fails with. The JSON is read as strictly as that of a session file.
func Parse(token []byte) (Claims, error) {
	text, err := decode(token)
	if err != nil {
		return Claims{}, ErrBase64
	}
	var c Claims
	if err := json.Unmarshal(text, &c); err != nil {
		if errors.As(err, new(*json.SemanticError)) {
			return Claims{}, ErrClaims
		}
		return Claims{}, ErrSyntax
	}
	return c, nil
}

// Key returns the key of the session file that the claims name. It fails with
// [session.ErrKey] where no file can have that name.
func (c Claims) Key() (session.Key, error) {
	folder := c.Application
	if c.Team != "" {
		folder = c.Team + "." + c.Application
	}
	return session.ParseKey(folder + "/" + c.Session)
}

// decode decodes the standard or the URL alphabet, which one token cannot mix.
// Padding may be left out; where there is some it must be right.
func decode(token []byte) ([]byte, error) {
	has := func(c byte) bool { return bytes.IndexByte(token, c) >= 0 }
	if has('\r') || has('\n') {
		return nil, ErrBase64 // package base64 would pass over it
	}
	encoding := base64.StdEncoding
	if has('-') || has('_') {
		encoding = base64.URLEncoding
	}
	if !has('=') {
		encoding = encoding.WithPadding(base64.NoPadding)
	}
	return encoding.AppendDecode(nil, token)
}
