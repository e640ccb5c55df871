//go:build !windows

package daemon

import (
	"path/filepath"

	"sessiond/internal/config"
)

// usualFolders returns where a daemon that no service manager gave folders keeps its state
// and its logs; empty where the user has no home.
func usualFolders(uid int, env func(string) string) (state, logs string) {
	if uid == 0 {
		return "/var/lib/sessiond", "/var/log/sessiond"
	}
	base := env("XDG_STATE_HOME")
	if !filepath.IsAbs(base) { // the base directory specification wants relative paths to be ignored
		home := env("HOME")
		if !filepath.IsAbs(home) {
			return "", ""
		}
		base = filepath.Join(home, ".local", "state")
	}
	folder := filepath.Join(base, "sessiond")
	return folder, folder
}

// makeUsualFolder has nothing to do: what is kept makes its folders itself.
func makeUsualFolder(config.Settings) error { return nil }
