// Package trash keeps deleted session files for a while, with all that is needed to
// restore them (administration, section 4): one file for each, in a folder that nobody
// but the daemon's user may read, since session files hold tokens.
//
// Each file begins with a line of JSON about the deleted one, then come its bytes. It is
// written under another name and synced before it is renamed, so that it is whole
// after a crash, or not there.
package trash
