//go:build unix && !linux

package script

// terminalCommands are none here: the scripts use them under Linux only.
func terminalCommands() map[string]command { return map[string]command{} }
