package daemon

import "sessiond/internal/programdata"

// usualFolders returns where a daemon that was given no folders keeps its state and its
// logs.
func usualFolders(int, func(string) string) (state, logs string) {
	folder := programdata.Folder()
	return folder, folder
}
