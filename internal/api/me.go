package api

// Me is the answer to GET /v1/me: who asks, as the daemon sees it, and what that one may do.
type Me struct {
	// UID, GID and User are absent where the system does not tell who asks, User also
	// where the system has no name for the user. On Windows there are no numbers, and User
	// is DOMAIN\name, or a security identifier without a name.
	UID  *int   `json:"uid,omitempty"`
	GID  *int   `json:"gid,omitempty"`
	User string `json:"user,omitempty"`
	// Level is read or admin.
	Level string `json:"level"`
	Write Write  `json:"write"`
}

// Write says whether the daemon changes session files, and how.
type Write struct {
	Enabled bool `json:"enabled"` // by --write
	// Via says who changes the files, where that is not this daemon.
	Via string `json:"via,omitempty"`
	// Method is how a file is changed; empty where none is.
	Method string `json:"method,omitempty"`
	// Reason is why none is, for people; empty where files are changed.
	Reason string `json:"reason,omitempty"`
}
