package validate

import (
	"errors"
	"strings"

	"sessiond/internal/token"
)

// checkToken holds the connection token, wherever there is one, against the ids
// in the file. It says what differs and quotes nothing.
func checkToken(d *document) (wrong string) {
	if len(d.token) == 0 {
		return ""
	}
	says, err := token.Parse(d.token)
	switch {
	case errors.Is(err, token.ErrBase64):
		return "/token: is not base64"
	case errors.Is(err, token.ErrSyntax):
		return "/token: does not hold well-formed JSON"
	case err != nil:
		return "/token: is not a JSON object with the strings appNameID, id and teamID"
	}
	var parts []string
	if says.Application != string(d.application) {
		parts = append(parts, "appNameID differs from application.id")
	}
	if says.Session != string(d.id) {
		parts = append(parts, "id differs from session.id")
	}
	if says.Team != string(d.team) {
		parts = append(parts, "teamID differs from team.id")
	}
	if len(parts) == 0 {
		return ""
	}
	return "/token: " + strings.Join(parts, "; ")
}
