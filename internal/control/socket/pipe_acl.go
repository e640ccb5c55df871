package socket

import "fmt"

// clientRights are what a client of a pipe needs: FILE_GENERIC_READ and FILE_WRITE_DATA.
// GENERIC_WRITE would have FILE_CREATE_PIPE_INSTANCE in it, by which a client could serve
// others in the daemon's name.
const clientRights = 0x120089 | 0x2

// pipeDescriptor returns, in the security descriptor definition language (SDDL), who may
// do what with a pipe: administrators, the system and the daemon's own user everything,
// the members of a group connect, nobody else anything. The last two are security
// identifiers; without a group it is empty.
//
// Other machines are kept out by the pipe's mode and not by an entry about network
// logons: administrators who work over PowerShell remoting or SSH have such a logon, and
// are on this machine all the same.
func pipeDescriptor(own, group string) string {
	sddl := "D:P(A;;GA;;;BA)(A;;GA;;;SY)(A;;GA;;;" + own + ")"
	if group != "" {
		sddl += fmt.Sprintf("(A;;%#x;;;%s)", clientRights, group)
	}
	return sddl
}
