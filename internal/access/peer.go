package access

// Peer is the process at the other end of a connection, as it was when it connected.
type Peer struct {
	// Known is false where the system does not tell; nothing else is set then.
	Known bool
	PID   int

	// UID and GID are the numbers of user and group; 0 on Windows, which has none.
	UID, GID int
	// Groups are its supplementary groups. HasGroups is false where the system has no
	// list of them, or not all of it: the user data base is asked then.
	Groups    []int
	HasGroups bool

	// SID is the security identifier of the user on Windows, and GroupSIDs are those of
	// the groups in force for it; empty everywhere else.
	SID       string
	GroupSIDs []string
}
