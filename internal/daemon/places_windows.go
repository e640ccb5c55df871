package daemon

import (
	"sessiond/internal/config"
	"sessiond/internal/programdata"
)

// usualFolders returns where a daemon that was given no folders keeps its state and its
// logs.
func usualFolders(int, func(string) string) (state, logs string) {
	folder := programdata.Folder()
	return folder, folder
}

// makeUsualFolder makes the folder of state and logs, if they are kept there, and returns
// an error where others made it or may change it: whoever makes a folder below
// %ProgramData% owns it.
func makeUsualFolder(s config.Settings) error {
	if !s.Write || s.TrashDir != "" && s.AuditLog != "" {
		return nil
	}
	return programdata.Ensure()
}
