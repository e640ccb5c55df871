package service

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Install writes the service's definition and has it start with the system. It
// does not start it now. A service that is installed just so is left as it is.
// Nothing stays behind when it fails.
func (m *Manager) Install() error {
	if err := m.install(); err != nil {
		return fmt.Errorf("cannot install the service: %w", err)
	}
	return nil
}

func (m *Manager) install() error {
	if unit, packaged := m.places.packaged(); packaged {
		return fmt.Errorf("%w, as %s, which another one would hide; use it: systemctl enable --now %s.service", ErrPackaged, unit, m.spec.Name)
	}
	if m.places.systemd() {
		if err := m.places.executable(m.spec.Executable); err != nil {
			return err
		}
	}
	done, err := m.alreadyInstalled()
	if done || err != nil {
		return err
	}
	if err := m.service.Install(); err != nil {
		m.takeBack()
		return m.explain(err)
	}
	return nil
}

// alreadyInstalled reports whether the definition that Install would write is
// there; another one is an error.
func (m *Manager) alreadyInstalled() (bool, error) {
	path := m.places.definition
	if path == "" || !exists(path) {
		return false, nil
	}
	have, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return false, m.explain(err)
	case err == nil && m.places.systemd() && bytes.Equal(have, []byte(m.spec.unit())):
		return true, nil
	}
	return false, fmt.Errorf("%w, as %s; sessiond service uninstall removes it", ErrInstalled, path)
}

// takeBack removes what a failed installation wrote. kardianos leaves it there,
// and would take it for an installed service the next time.
func (m *Manager) takeBack() {
	if m.places.definition == "" || !exists(m.places.definition) {
		return
	}
	_ = m.service.Uninstall() // where it fails, it fails half-way, as Install did
	for _, path := range []string{m.places.wants, m.places.definition} {
		if path != "" {
			_ = os.Remove(path)
		}
	}
}

// Uninstall stops the service and removes its definition.
func (m *Manager) Uninstall() error {
	if err := m.uninstall(); err != nil {
		return fmt.Errorf("cannot uninstall the service: %w", err)
	}
	return nil
}

func (m *Manager) uninstall() error {
	if err := m.known(); err != nil {
		return err
	}
	if path := m.places.definition; path != "" && !exists(path) {
		unit, _ := m.places.packaged()
		return fmt.Errorf("%w, as %s; the package's manager removes it", ErrPackaged, unit)
	}
	// A stopped service is fine, and one that cannot be stopped makes what
	// follows fail for the same reason.
	_ = m.service.Stop()
	return m.explain(m.service.Uninstall())
}
