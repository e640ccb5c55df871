package validate

import (
	"bytes"
	"strings"

	"sessiond/internal/session"
)

// isAt reports whether the names of app folder and file are those that the ids
// in the file make, byte for byte. An id that could not be a file name never
// matches.
func (d *document) isAt(at session.Place) bool { return d.isInFolder(at) && d.isNamed(at) }

func (d *document) isInFolder(at session.Place) bool {
	folder := at.Folder.Name()
	rest, found := strings.CutSuffix(folder, string(d.application))
	if len(d.team) > 0 {
		rest, found = strings.CutSuffix(rest, ".")
	}
	return found && rest == string(d.team) && session.IsAppFolderName(folder)
}

func (d *document) isNamed(at session.Place) bool {
	return bytes.Equal(d.id, at.ID) && session.IsSessionFileName(at.ID)
}

// checkLocation is [document.isAt] in words.
func checkLocation(at session.Place, d *document) (wrong string) {
	var parts []string
	if !d.isInFolder(at) {
		parts = append(parts, folderDetail(at.Folder.Name(), d))
	}
	if !d.isNamed(at) {
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
