//go:build !linux

package daemon

// pinnedMount knows nothing here: only systemd has services whose view of mounts is their own.
func pinnedMount(string) string { return "" }
