//go:build !linux && !darwin

package watcher

// withoutEvents knows of no file system without events here. Windows passes on
// what an SMB server tells of others' writes.
func withoutEvents(string) string { return "" }
