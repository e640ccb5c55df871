package socketpath

import "sessiond/internal/programdata"

// private has nothing to say on Windows, where no user has a socket in the
// temporary folder.
func private(string, int) error { return nil }

func systemFolder() string { return programdata.Folder() }

func ensureSystemFolder() error { return programdata.Ensure() }
