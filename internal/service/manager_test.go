package service

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	kardianos "github.com/kardianos/service"
)

// manager is a service manager with faults: it does with the files what
// kardianos does for systemd, and fails where it is told to.
type manager struct {
	kardianos.Service // what is not overridden is not called
	at                places
	config            *kardianos.Config

	status kardianos.Status
	fail   map[string]error // by verb; "enable" is the second half of install
	called []string
}

func (m *manager) String() string    { return "fake" }
func (m *manager) Detect() bool      { return true }
func (m *manager) Interactive() bool { return false }

func (m *manager) New(_ kardianos.Interface, c *kardianos.Config) (kardianos.Service, error) {
	m.config = c
	return m, nil
}

func (m *manager) Install() error {
	m.called = append(m.called, "install")
	if err := m.fail["install"]; err != nil {
		return err
	}
	text, _ := m.config.Option["SystemdScript"].(string)
	if err := os.WriteFile(m.at.definition, []byte(text), 0o600); err != nil {
		return err
	}
	if err := os.Symlink(m.at.definition, m.at.wants[0]); err != nil {
		return err
	}
	return m.fail["enable"]
}

func (m *manager) Uninstall() error {
	m.called = append(m.called, "uninstall")
	if err := m.fail["uninstall"]; err != nil {
		return err
	}
	return errors.Join(os.Remove(m.at.wants[0]), os.Remove(m.at.definition))
}

func (m *manager) do(verb string) error {
	m.called = append(m.called, verb)
	return m.fail[verb]
}

func (m *manager) Start() error   { return m.do("start") }
func (m *manager) Stop() error    { return m.do("stop") }
func (m *manager) Restart() error { return m.do("restart") }

func (m *manager) Status() (kardianos.Status, error) { return m.status, m.fail["status"] }

// newFake returns a Manager over a fake service manager in a folder of its own.
func newFake(t *testing.T) (*Manager, *manager) {
	t.Helper()
	dir := t.TempDir()
	at := places{
		definition: filepath.Join(dir, "sessiond.service"),
		socket:     filepath.Join(dir, "sessiond.socket"),
		wants:      []string{filepath.Join(dir, "wanted.service"), filepath.Join(dir, "wanted.socket")},
		units:      []string{filepath.Join(dir, "usr-lib.service"), filepath.Join(dir, "lib.service")},
		hidden:     []string{dir + "/hidden"},
		data:       []string{filepath.Join(dir, "log"), filepath.Join(dir, "state")},
	}
	fake := &manager{at: at, fail: make(map[string]error)}
	spec := Spec{Name: "sessiond", Executable: "/bin/sh", Run: []string{"run", "--root", "/srv"}, Reload: []string{"refresh"}}
	m, err := newManager(spec, fake, at)
	if err != nil {
		t.Fatal(err)
	}
	m.tool = func(name string, args ...string) error {
		return fake.do(strings.Join(append([]string{name}, args...), " "))
	}
	return m, fake
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func mustBeAbsent(t *testing.T, paths ...string) {
	t.Helper()
	for _, path := range paths {
		if exists(path) {
			t.Errorf("%s is left behind", path)
		}
	}
}

func TestInstallWritesTheUnit(t *testing.T) {
	m, fake := newFake(t)
	if err := m.Install(); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{fake.at.definition: m.spec.unit(), fake.at.socket: m.spec.socketUnit()} {
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v", path, got, err)
		}
	}
	if want := []string{"install", "systemd-sysusers --inline " + sysusersUser + " " + sysusersGroup}; !slices.Equal(fake.called, want) {
		t.Errorf("called %q, want %q", fake.called, want)
	}
	if fake.config.Executable != "/bin/sh" || !slices.Equal(fake.config.Arguments, m.spec.Run) || fake.config.Name != "sessiond" {
		t.Errorf("other service managers get %+v", fake.config)
	}

	if err := m.Install(); err != nil {
		t.Errorf("once more: %v", err)
	}
	if len(fake.called) != 2 {
		t.Errorf("it was installed twice: %q", fake.called)
	}
}

func TestInstallRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(*testing.T, *Manager, *manager)
		want    error
		text    string
	}{
		"a package's unit": {
			func(t *testing.T, _ *Manager, fake *manager) { write(t, fake.at.units[1], "[Unit]\n") },
			ErrPackaged, "systemctl enable --now sessiond.service",
		},
		"another unit": {
			func(t *testing.T, _ *Manager, fake *manager) { write(t, fake.at.definition, "[Unit]\n") },
			ErrInstalled, "with other settings, as ",
		},
		"an empty unit": {
			func(t *testing.T, _ *Manager, fake *manager) { write(t, fake.at.definition, "") },
			ErrInstalled, "sessiond service uninstall",
		},
		"a masked unit": {
			func(t *testing.T, _ *Manager, fake *manager) {
				if err := os.Symlink("/dev/null", fake.at.definition); err != nil {
					t.Fatal(err)
				}
			},
			ErrInstalled, "sessiond service uninstall",
		},
		"no such program": {
			func(_ *testing.T, m *Manager, _ *manager) { m.spec.Executable = "/nonexistent/sessiond" },
			fs.ErrNotExist, "cannot find the program",
		},
		"a program with quotes": {
			func(t *testing.T, m *Manager, _ *manager) {
				m.spec.Executable = filepath.Join(t.TempDir(), `"sessiond"`)
				write(t, m.spec.Executable, "")
			},
			nil, "systemd starts no program with quotes",
		},
		"a program in a hidden folder": {
			func(t *testing.T, m *Manager, fake *manager) {
				m.spec.Executable = fake.at.hidden[0] + "/sessiond"
				if err := os.Mkdir(fake.at.hidden[0], 0o700); err != nil {
					t.Fatal(err)
				}
				write(t, m.spec.Executable, "")
			},
			nil, "services do not see",
		},
		"a program in a closed folder": {
			func(t *testing.T, m *Manager, _ *manager) {
				dir := t.TempDir()
				m.spec.Executable = filepath.Join(dir, "sessiond")
				write(t, m.spec.Executable, "")
				for path, mode := range map[string]fs.FileMode{m.spec.Executable: 0o755, dir: 0o750} {
					if err := os.Chmod(path, mode); err != nil {
						t.Fatal(err)
					}
				}
			},
			nil, "copy the program to /usr/local/bin first",
		},
		"another socket unit": {
			func(t *testing.T, _ *Manager, fake *manager) { write(t, fake.at.socket, "[Socket]\n") },
			ErrInstalled, "sessiond service uninstall",
		},
		"half an installation": {
			func(t *testing.T, m *Manager, fake *manager) { write(t, fake.at.socket, m.spec.socketUnit()) },
			ErrInstalled, "only half of it; sessiond service uninstall",
		},
		"a hidden root": {
			func(t *testing.T, m *Manager, fake *manager) {
				m.spec.Root = filepath.Join(fake.at.hidden[0], "MobileApps")
				if err := os.MkdirAll(m.spec.Root, 0o700); err != nil {
					t.Fatal(err)
				}
			},
			nil, "the service would not see the root",
		},
		"a socket where the service may not write": {
			func(_ *testing.T, m *Manager, _ *manager) { m.spec.Socket = "/srv/sessiond.sock" },
			nil, "the socket must be in a folder below /run",
		},
		"a socket that is hard to write": {
			func(_ *testing.T, m *Manager, _ *manager) { m.spec.Socket = "/run/my socket/s" },
			nil, "without blanks",
		},
		"no rights": {
			func(_ *testing.T, _ *Manager, fake *manager) {
				fake.fail["install"] = &fs.PathError{Op: "open", Path: fake.at.definition, Err: fs.ErrPermission}
			},
			ErrRights, "use sudo",
		},
	} {
		t.Run(name, func(t *testing.T) {
			m, fake := newFake(t)
			test.prepare(t, m, fake)
			had, hadSocket := exists(fake.at.definition), exists(fake.at.socket)
			err := m.Install()
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Fatalf("the error is %v, want %v", err, test.want)
			}
			text := err.Error()
			if !strings.HasPrefix(text, "cannot install the service: ") || !strings.Contains(text, test.text) || strings.Contains(text, "\n") {
				t.Errorf("the error is %q, want one line with %q", text, test.text)
			}
			if slices.Contains(fake.called, "uninstall") {
				t.Error("something that was not installed was uninstalled")
			}
			if exists(fake.at.definition) != had || exists(fake.at.socket) != hadSocket {
				t.Error("the definition is not as it was")
			}
			mustBeAbsent(t, fake.at.wants...)
		})
	}
}

func TestInstallTakesBackWhatItWrote(t *testing.T) {
	noBus := errors.New("no bus")
	for name, fail := range map[string]map[string]error{
		"by uninstalling":           {"enable": noBus},
		"though that fails as well": {"enable": noBus, "uninstall": noBus},
		"where there is no user":    {"systemd-sysusers --inline " + sysusersUser + " " + sysusersGroup: noBus},
	} {
		t.Run(name, func(t *testing.T) {
			m, fake := newFake(t)
			fake.fail = fail
			if err := m.Install(); !errors.Is(err, noBus) {
				t.Errorf("the error is %v, want %v", err, noBus)
			}
			mustBeAbsent(t, append(fake.at.wants, fake.at.definitions()...)...)
		})
	}
}

func TestUninstall(t *testing.T) {
	m, fake := newFake(t)
	if err := m.Install(); err != nil {
		t.Fatal(err)
	}
	fake.called = nil
	if err := m.Uninstall(); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"systemctl stop sessiond.socket", "stop", "systemctl clean --what=runtime sessiond.service",
		"uninstall", "systemctl daemon-reload",
	}
	if !slices.Equal(fake.called, want) {
		t.Errorf("called %q, want %q", fake.called, want)
	}
	mustBeAbsent(t, append(fake.at.wants, fake.at.definitions()...)...)

	err := m.Uninstall()
	if want := "cannot uninstall the service: the service is not installed; sessiond service install does it"; !errors.Is(err, ErrNotInstalled) || err.Error() != want {
		t.Errorf("the error is %q, want %q", err, want)
	}
	write(t, fake.at.units[0], "[Unit]\n")
	if err := m.Uninstall(); !errors.Is(err, ErrPackaged) {
		t.Errorf("the error is %v, want %v", err, ErrPackaged)
	}
}

func TestControl(t *testing.T) {
	for verb, do := range map[string]func(*Manager) error{
		"start": (*Manager).Start, "stop": (*Manager).Stop, "restart": (*Manager).Restart,
	} {
		t.Run(verb, func(t *testing.T) {
			m, fake := newFake(t)
			err := do(m)
			if !errors.Is(err, ErrNotInstalled) || !strings.HasPrefix(err.Error(), "cannot "+verb+" the service: ") {
				t.Errorf("before it is installed, the error is %v", err)
			}
			write(t, fake.at.units[0], "[Unit]\n") // a package's service is controlled just so
			if err := do(m); err != nil {
				t.Error(err)
			}
			want := []string{verb}
			if verb == "stop" { // the socket would start it again
				want = []string{"systemctl stop sessiond.socket", "stop"}
			}
			if !slices.Equal(fake.called, want) {
				t.Errorf("called %q, want %q", fake.called, want)
			}
			fake.fail[verb] = errors.New("broken")
			err = do(m)
			if want := "cannot " + verb + " the service: broken; systemctl status sessiond.service tells more"; err == nil || err.Error() != want {
				t.Errorf("the error is %q, want %q", err, want)
			}
		})
	}
}

func TestStatus(t *testing.T) {
	for name, test := range map[string]struct {
		status kardianos.Status
		err    error
		want   State
		fails  bool
	}{
		"running":   {status: kardianos.StatusRunning, want: Running},
		"stopped":   {status: kardianos.StatusStopped, want: Stopped},
		"failed":    {err: errors.New("service in failed state"), want: Failed},
		"reloading": {err: kardianos.ErrNotInstalled, want: Changing},
		"no bus":    {err: errors.New("no bus"), fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			m, fake := newFake(t)
			if state, err := m.Status(); !errors.Is(err, ErrNotInstalled) {
				t.Errorf("before it is installed, the state is %q, %v", state, err)
			}
			if err := m.Install(); err != nil {
				t.Fatal(err)
			}
			fake.status, fake.fail["status"] = test.status, test.err
			got, err := m.Status()
			if got != test.want || (err != nil) != test.fails {
				t.Errorf("the state is %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	for system, want := range map[string]string{
		"linux-systemd": "/etc/systemd/system/sessiond.service", "linux-upstart": "/etc/init/sessiond.conf",
		"linux-openrc": "/etc/init.d/sessiond", "unix-systemv": "/etc/init.d/sessiond",
		"darwin-launchd": "/Library/LaunchDaemons/sessiond.plist", "windows-service": "",
	} {
		if got := placesOf(system, "sessiond").definition; got != want {
			t.Errorf("%s has its definition at %q, want %q", system, got, want)
		}
	}
	if !placesOf("linux-systemd", "x").systemd() || placesOf("unix-systemv", "x").systemd() {
		t.Error("systemd is not told from the others")
	}
}

// What the service keeps in its folders stays; folders with nothing in them do not.
func TestUninstallKeepsData(t *testing.T) {
	m, fake := newFake(t)
	if err := m.Install(); err != nil {
		t.Fatal(err)
	}
	log, state := fake.at.data[0], fake.at.data[1]
	for _, folder := range fake.at.data {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(log, "audit.jsonl"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := m.Uninstall(); err != nil {
		t.Fatal(err)
	}
	if !exists(filepath.Join(log, "audit.jsonl")) || exists(state) {
		t.Errorf("the audit log is there: %t, the empty folder: %t", exists(log), exists(state))
	}
}
