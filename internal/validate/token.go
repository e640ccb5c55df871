package validate

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/go-json-experiment/json"
)

// claims are what a connection token says. Absent and null members are empty;
// others than these are allowed.
type claims struct {
	AppNameID string `json:"appNameID"`
	ID        string `json:"id"`
	TeamID    string `json:"teamID"`
}

// checkToken holds the connection token, wherever there is one, against the ids
// in the file. It says what differs and quotes nothing.
func checkToken(doc document) (wrong string) {
	if doc.token == "" {
		return ""
	}
	text, err := decodeBase64(doc.token)
	if err != nil {
		return "/token: is not base64"
	}
	var c claims
	if err := json.Unmarshal(text, &c); err != nil {
		if errors.As(err, new(*json.SemanticError)) {
			return "/token: is not a JSON object with the strings appNameID, id and teamID"
		}
		return "/token: does not hold well-formed JSON"
	}
	var parts []string
	if c.AppNameID != doc.application {
		parts = append(parts, "appNameID differs from application.id")
	}
	if c.ID != doc.id {
		parts = append(parts, "id differs from session.id")
	}
	if c.TeamID != doc.team {
		parts = append(parts, "teamID differs from team.id")
	}
	if len(parts) == 0 {
		return ""
	}
	return "/token: " + strings.Join(parts, "; ")
}

// errWhiteSpace is what [decodeBase64] returns for line ends in a token.
var errWhiteSpace = errors.New("white space in base64")

// decodeBase64 decodes the standard or the URL alphabet, which one string
// cannot mix. Padding may be left out; where there is some it must be right.
func decodeBase64(s string) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, errWhiteSpace // package base64 would pass over it
	}
	encoding := base64.StdEncoding
	if strings.ContainsAny(s, "-_") {
		encoding = base64.URLEncoding
	}
	if !strings.Contains(s, "=") {
		encoding = encoding.WithPadding(base64.NoPadding)
	}
	return encoding.DecodeString(s)
}
