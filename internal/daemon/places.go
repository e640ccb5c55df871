package daemon

import (
	"path/filepath"
	"strings"

	"sessiond/internal/config"
)

// checkPlaces refuses to keep anything below the root: there it could be taken for an app
// folder or a session file, would go with the root's disk, and be written with write off.
func checkPlaces(s config.Settings, kept places) error {
	for _, place := range []struct{ key, path string }{
		{config.KeyTrashDir, kept.trash}, {config.KeyAuditLog, kept.audit}, {config.KeySeenFile, kept.seen},
	} {
		if place.path == "" || !leadsInto(place.path, s.Root) && !leadsInto(resolved(place.path), s.Root) {
			continue
		}
		return &config.Error{
			Key: place.key, Place: s.Places[place.key], Value: place.path,
			Reason:  "\"" + place.path + "\" is in the MobileApps folder, where only session files belong",
			Allowed: "a place outside of " + config.KeyRoot,
		}
	}
	return nil
}

// leadsInto reports whether a path is a folder's own or leads below it.
func leadsInto(path, folder string) bool {
	rest, err := filepath.Rel(folder, path)
	return err == nil && rest != ".." && !strings.HasPrefix(rest, ".."+string(filepath.Separator))
}

// resolved returns a path without links, as far as it is there.
func resolved(path string) string {
	rest := ""
	for dir := path; ; dir = filepath.Dir(dir) {
		if is, err := filepath.EvalSymlinks(dir); err == nil {
			return filepath.Join(is, rest)
		}
		if dir == filepath.Dir(dir) {
			return path
		}
		rest = filepath.Join(filepath.Base(dir), rest)
	}
}
