package validate

import (
	"strings"

	"sessiond/internal/session"
)

// isAt reports whether the names of app folder and file are those that the ids
// in the file make, byte for byte. An id that could not be a file name never
// matches.
func (d *document) isAt(key session.Key) bool { return d.isInFolder(key) && d.isNamed(key) }

func (d *document) isInFolder(key session.Key) bool {
	folder := key.App
	rest, found := strings.CutSuffix(folder, string(d.application))
	if found && len(d.team) > 0 {
		rest, found = strings.CutSuffix(rest, ".")
	}
	return found && rest == string(d.team) && session.IsAppFolderName(folder)
}

func (d *document) isNamed(key session.Key) bool {
	return string(d.id) == key.ID && session.IsSessionFileName(key.ID)
}

// checkLocation is [document.isAt] in words.
func checkLocation(key session.Key, d *document) (wrong string) {
	var parts []string
	if !d.isInFolder(key) {
		parts = append(parts, folderDetail(key.App, d))
	}
	if !d.isNamed(key) {
		// It does not say which name would be right: a log shows this, and
		// session.id makes the token.
		parts = append(parts, "session.id does not match the name of the file")
	}
	return strings.Join(parts, "; ")
}

// folderDetail says which of the two ids is at fault, as far as the name of the
// folder tells. It quotes neither: where members were mixed up, what stands in
// their place may be a token.
func folderDetail(folder string, d *document) string {
	team, application := string(d.team), string(d.application)
	belongs := application
	if team != "" {
		belongs = team + "." + application
	}
	switch {
	case !session.IsAppFolderName(belongs):
		return "team.id and application.id make no name that an app folder can have"
	case strings.HasPrefix(folder, team+"."):
		return "application.id does not match the app folder"
	case folder == application || strings.HasSuffix(folder, "."+application):
		return "team.id does not match the app folder"
	}
	return "team.id and application.id do not match the app folder"
}
