package validate

import (
	"fmt"
	"strings"

	"sessiond/internal/session"
)

// longestFolder is the longest name of a folder, in bytes, that a file system
// is likely to take.
const longestFolder = 255

// checkLocation holds the names of app folder and file against the ids in the
// file, byte by byte. An id that could not be a file name never matches.
func checkLocation(key session.Key, doc document) (wrong string) {
	var parts []string
	if folder := appFolder(doc); folder != key.App() || !session.IsAppFolderName(folder) {
		parts = append(parts, folderDetail(key.App(), doc))
	}
	if doc.id != key.ID() || !session.IsSessionFileName(doc.id) {
		// It does not say which name would be right: a log shows this, and
		// session.id makes the token.
		parts = append(parts, "session.id does not match the name of the file")
	}
	return strings.Join(parts, "; ")
}

// appFolder returns the name of the app folder that the file belongs into.
func appFolder(doc document) string {
	if doc.team == "" {
		return doc.application
	}
	return doc.team + "." + doc.application
}

// folderDetail says which of the two ids is at fault, as far as the name of the
// folder tells, and which folder would be right.
func folderDetail(folder string, doc document) string {
	right := appFolder(doc)
	if !session.IsAppFolderName(right) || len(right) > longestFolder {
		return "team.id and application.id make no name that an app folder can have"
	}
	wrong := "team.id and application.id do not match the app folder"
	switch {
	case strings.HasPrefix(folder, doc.team+"."):
		wrong = "application.id does not match the app folder"
	case folder == doc.application || strings.HasSuffix(folder, "."+doc.application):
		wrong = "team.id does not match the app folder"
	}
	if shows(right, doc.id) || shows(right, doc.token) {
		return wrong // members were mixed up: nothing may be quoted
	}
	return fmt.Sprintf("%s, which would be %q", wrong, right)
}

// shortestSecret is how many bytes a session.id or a token has at least to be
// worth hiding. Shorter ones, which test tools write, turn up by chance.
const shortestSecret = 8

// shows reports whether a text gives a secret away.
func shows(text, secret string) bool {
	return len(secret) >= shortestSecret && strings.Contains(text, secret)
}
