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
// No definition stays behind when it fails.
//
// Under systemd it also writes the unit of the socket, and makes the user and the
// groups that the units name, where there are none. On Windows it makes the folder
// of the settings file, where none is named, and says what is done after a failure.
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
		if err := m.suits(); err != nil {
			return err
		}
	}
	done, err := m.alreadyInstalled()
	if done || err != nil {
		return err
	}
	if err := m.write(); err != nil {
		m.takeBack()
		return m.explain(err)
	}
	return nil
}

// suits returns an error for what a service of systemd cannot have.
func (m *Manager) suits() error {
	if err := m.places.executable(m.spec.Executable); err != nil {
		return err
	}
	if err := m.places.root(m.spec.Root); err != nil {
		return err
	}
	return m.spec.checkSocket()
}

// write writes all that an installation is made of. The user comes last, since it
// is never taken back.
func (m *Manager) write() error {
	if !m.places.systemd() {
		if !m.spec.NamesConfig {
			if err := ensureFolder(); err != nil {
				return err
			}
		}
		if err := m.service.Install(); err != nil {
			return err
		}
		if err := m.setRecovery(); err != nil {
			return errors.Join(err, m.service.Uninstall())
		}
		return nil
	}
	if err := os.WriteFile(m.places.socket, []byte(m.spec.socketUnit()), 0o644); err != nil { //nolint:gosec // units are for all to read
		return err
	}
	if err := m.service.Install(); err != nil { // it enables the socket as well, by Also=
		return err
	}
	return m.tool("systemd-sysusers", "--inline", sysusersUser, sysusersGroup)
}

// The user and the group that the units name, as packages make them, too.
const (
	unitUser      = "sessiond"
	unitAdmins    = "sessiond-admin"
	sysusersUser  = "u " + unitUser + ` - "4D mobile app sessions"`
	sysusersGroup = "g " + unitAdmins + " -"
)

// alreadyInstalled reports whether the definition that Install would write is
// there; another one is an error.
func (m *Manager) alreadyInstalled() (bool, error) {
	wanted := map[string]string{m.places.definition: m.spec.unit(), m.places.socket: m.spec.socketUnit()}
	if len(m.places.definitions()) == 0 { // only the service manager can tell
		if _, err := m.service.Status(); err == nil {
			return false, fmt.Errorf("%w; sessiond service uninstall removes it", ErrInstalled)
		}
	}
	found := 0
	for _, path := range m.places.definitions() {
		have, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist) && !exists(path):
		case errors.Is(err, fs.ErrPermission):
			return false, m.explain(err)
		case err == nil && m.places.systemd() && bytes.Equal(have, []byte(wanted[path])):
			found++
		case err == nil && m.places.systemd():
			return false, fmt.Errorf("%w with other settings, as %s; to install it with these: sessiond service uninstall, then install it again", ErrInstalled, path)
		default:
			return false, fmt.Errorf("%w, as %s; sessiond service uninstall removes it", ErrInstalled, path)
		}
	}
	if found > 0 && found < len(m.places.definitions()) {
		return false, fmt.Errorf("%w, but only half of it; sessiond service uninstall removes it", ErrInstalled)
	}
	return found > 0, nil
}

// takeBack removes what a failed installation wrote. kardianos leaves it there,
// and would take it for an installed service the next time.
func (m *Manager) takeBack() {
	if m.places.definition != "" && exists(m.places.definition) {
		_ = m.service.Uninstall() // where it fails, it fails half-way, as Install did
	}
	m.removeFiles()
}

// removeFiles removes what is left of an installation. systemd hears of it.
func (m *Manager) removeFiles() {
	removed := false
	for _, path := range append(m.places.definitions(), m.places.wants...) {
		removed = os.Remove(path) == nil || removed
	}
	if removed && m.places.systemd() {
		_ = m.tool("systemctl", "daemon-reload")
	}
}

// Uninstall stops the service and removes its definition. The user and the groups
// that were made for it stay, since files may have been given to them, and so does what
// the service keeps in folders of its own, and its settings file.
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
	if !m.places.installed() {
		unit, _ := m.places.packaged()
		return fmt.Errorf("%w, as %s; the package's manager removes it", ErrPackaged, unit)
	}
	// A stopped service is fine, and one that cannot be stopped makes what
	// follows fail for the same reason.
	_ = m.stop()
	if m.places.systemd() {
		_ = m.tool("systemctl", "clean", "--what=runtime", m.spec.Name+".service") // what is left in /run is no reason to fail
		for _, folder := range m.places.data {
			_ = os.Remove(folder) // it fails where something is kept there
		}
	}
	if m.places.definition == "" || exists(m.places.definition) {
		if err := m.service.Uninstall(); err != nil {
			return m.explain(err)
		}
	}
	m.removeFiles()
	removeFolder()
	return nil
}
