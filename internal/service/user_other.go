//go:build !linux

package service

// AsUser does nothing: only systemd's units name a user.
func (m *Manager) AsUser(func(user string)) {}
