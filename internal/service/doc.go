// Package service puts sessiond under the operating system's service manager.
//
// [Run] is the one way in which the daemon runs, in the foreground and under
// every service manager. [Manager] is sessiond service install and its kin.
// [Notify] tells systemd how the daemon is.
package service
