//go:build unix

package config

func defaultFile() string { return DefaultConfigFile }

// checkFolder has nothing to check: only root can make a folder in /etc.
func checkFolder() error { return nil }
