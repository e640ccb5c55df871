package validate

import (
	"strings"

	"sessiond/internal/session"
)

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
// folder tells. It quotes neither: where members were mixed up, what stands in
// their place may be a token.
func folderDetail(folder string, doc document) string {
	switch {
	case !session.IsAppFolderName(appFolder(doc)):
		return "team.id and application.id make no name that an app folder can have"
	case strings.HasPrefix(folder, doc.team+"."):
		return "application.id does not match the app folder"
	case folder == doc.application || strings.HasSuffix(folder, "."+doc.application):
		return "team.id does not match the app folder"
	}
	return "team.id and application.id do not match the app folder"
}
