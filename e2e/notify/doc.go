// Package notify has the built program tell a stand-in for a 4D server of changes. On each
// request the stand-in does what 4D's command does, without a second look: what is wrong
// or missing in the tree at that moment is logged out. So a request that comes at a bad
// moment shows as a session that the daemon has and the server has not.
package notify
