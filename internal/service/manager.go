package service

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"strings"

	kardianos "github.com/kardianos/service"
)

// What keeps a service from being managed, by errors.Is. The messages say what
// to do about it.
var (
	ErrNotInstalled = errors.New("the service is not installed")
	ErrInstalled    = errors.New("another service of this name is installed")
	ErrPackaged     = errors.New("the service belongs to a package")
	ErrRights       = errors.New("this takes the rights of an administrator")
)

const description = "Sessions of 4D mobile apps, kept in memory as their files say"

// Spec says which program a service runs.
type Spec struct {
	Name string
	// Executable is the absolute path of the binary.
	Executable string
	// Run are the arguments of the daemon, beginning with "run". Paths in it
	// are absolute, since a service has no working directory of its own.
	Run []string
	// NamesConfig is true where Run names a settings file, so that the default one and its
	// folder are of no use.
	NamesConfig bool
	// Root is the folder that has to be mounted before the service starts.
	Root string
	// Socket is the path of the socket that the service manager opens, empty for
	// the canonical one; SocketMode and SocketGroup say who may connect, 0 and
	// empty for the canonical ones. Only systemd opens one.
	Socket      string
	SocketMode  fs.FileMode
	SocketGroup string
	// Reload are the arguments of the command that makes the daemon look at
	// everything again and waits for it, beginning with "refresh"; with the
	// same socket. It is empty for one that has no files: a signal makes it
	// connect again.
	Reload []string
	// Network are the addresses outside the machine that the daemon connects to, as
	// IPAddressAllow= has them; empty for none. It waits for the network then.
	Network []string
}

// State is how a service is.
type State string

// The states of an installed service.
const (
	Running State = "running"
	Stopped State = "stopped"
	Failed  State = "failed"
	// Changing is a service that reloads or stops just now.
	Changing State = "changing"
)

// Manager installs, removes and controls the service, through the service
// manager of the operating system.
type Manager struct {
	spec    Spec
	service kardianos.Service
	places  places
	// tool runs a program of the service manager.
	tool func(name string, args ...string) error
}

// New returns a Manager for the service manager that runs here.
func New(spec Spec) (*Manager, error) {
	system := kardianos.ChosenSystem()
	if system == nil {
		return nil, errors.New("cannot manage the service: there is no service manager here that is known")
	}
	return newManager(spec, system, placesOf(system.String(), spec.Name))
}

func newManager(spec Spec, system kardianos.System, at places) (*Manager, error) {
	s, err := system.New(new(program), &kardianos.Config{
		Name:        spec.Name,
		DisplayName: spec.Name,
		Description: description,
		Executable:  spec.Executable,
		Arguments:   spec.Run,
		Option: kardianos.KeyValue{
			"SystemdScript": spec.unit(),
			"RunAtLoad":     true, // launchd
		},
	})
	if err != nil {
		return nil, fmt.Errorf("cannot manage the service: %w", err)
	}
	return &Manager{spec: spec, service: s, places: at, tool: runTool}, nil
}

// Start starts the service.
func (m *Manager) Start() error { return m.control("start", m.service.Start) }

// Stop stops the service, and the socket that would start it again.
func (m *Manager) Stop() error { return m.control("stop", m.stop) }

func (m *Manager) stop() error {
	if m.places.systemd() {
		if err := m.tool("systemctl", "stop", m.spec.Name+".socket"); err != nil {
			return err
		}
	}
	return m.service.Stop()
}

// Restart stops the service and starts it again.
func (m *Manager) Restart() error { return m.control("restart", m.service.Restart) }

func (m *Manager) control(verb string, do func() error) error {
	err := m.known()
	if err == nil {
		err = m.explain(do())
	}
	if err != nil {
		return fmt.Errorf("cannot %s the service: %w", verb, err)
	}
	return nil
}

// Status returns how the service is; the error is [ErrNotInstalled] where there
// is none.
func (m *Manager) Status() (State, error) {
	if err := m.known(); err != nil {
		return "", err
	}
	status, err := m.service.Status()
	switch {
	case errors.Is(err, kardianos.ErrNotInstalled) && m.places.systemd():
		// kardianos knows neither "reloading" nor "deactivating".
		return Changing, nil
	case errors.Is(err, kardianos.ErrNotInstalled):
		return "", notInstalled()
	case err != nil && strings.Contains(err.Error(), "failed state"):
		return Failed, nil
	case err != nil:
		return "", fmt.Errorf("cannot tell how the service is: %w", m.explain(err))
	case status == kardianos.StatusRunning:
		return Running, nil
	}
	return Stopped, nil
}

// known returns an error unless the service is installed, by whomever.
func (m *Manager) known() error {
	if len(m.places.definitions()) == 0 { // only the service manager can tell
		if _, err := m.service.Status(); !errors.Is(err, kardianos.ErrNotInstalled) {
			return nil
		}
	} else if m.places.installed() {
		return nil
	}
	if _, packaged := m.places.packaged(); packaged {
		return nil
	}
	return notInstalled()
}

func notInstalled() error {
	return fmt.Errorf("%w; sessiond service install does it", ErrNotInstalled)
}

// explain adds to an error of the service manager what can be done about it.
func (m *Manager) explain(err error) error {
	exit := (*exec.ExitError)(nil)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission), errors.As(err, &exit) && os.Geteuid() > 0:
		return fmt.Errorf("%w (%w)", rights(), err)
	case m.places.systemd():
		return fmt.Errorf("%w; systemctl status %s.service tells more", err, m.spec.Name)
	}
	return err
}

func rights() error {
	if runtime.GOOS == "windows" {
		return fmt.Errorf("%w: open the console as administrator", ErrRights)
	}
	return fmt.Errorf("%w: use sudo", ErrRights)
}
