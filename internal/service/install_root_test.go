//go:build root && linux

package service

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	kardianos "github.com/kardianos/service"
)

// systemdOnDisk returns a Manager that writes units where systemd reads them,
// under a name that nothing else has. Its systemctl only links and logs.
func systemdOnDisk(t *testing.T, spec Spec) (m *Manager, systemctl string) {
	t.Helper()
	dir := t.TempDir()
	systemctl = filepath.Join(dir, "log")
	script := fmt.Sprintf(`#!/bin/sh
echo "$@" >>%[1]s
[ "$1" != "$FAIL" ] || exit 1
case $1 in
enable) mkdir -p /etc/systemd/system/multi-user.target.wants; ln -s ../"$2" /etc/systemd/system/multi-user.target.wants/"$2" ;;
disable) rm -f /etc/systemd/system/multi-user.target.wants/"$2" ;;
is-active) echo active ;;
esac
`, systemctl)
	for _, name := range []string{"systemctl", "systemd-sysusers"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))

	spec.Name = fmt.Sprintf("sessiond-test-%d", os.Getpid())
	at := placesOf("linux-systemd", spec.Name)
	at.hidden = nil // the test's own folder
	t.Cleanup(func() {
		for _, path := range append(at.wants, at.definitions()...) {
			_ = os.Remove(path)
		}
	})
	for _, system := range kardianos.AvailableSystems() {
		if system.String() == "linux-systemd" {
			m, err := newManager(spec, system, at)
			if err != nil {
				t.Fatal(err)
			}
			return m, systemctl
		}
	}
	t.Fatal("kardianos knows no systemd")
	return nil, ""
}

// oddProgram returns the path of a program that is hard to quote.
func oddProgram(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "my $HOME %h {{Path}} é", "sessiond")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile("/bin/true")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, program, 0o755); err != nil {
		t.Fatal(err)
	}
	for at := filepath.Dir(path); strings.HasPrefix(at, filepath.Dir(dir)); at = filepath.Dir(at) {
		if err := os.Chmod(at, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestInstallOnDisk(t *testing.T) {
	program := oddProgram(t)
	m, systemctl := systemdOnDisk(t, Spec{
		Executable: program,
		Run:        []string{"run", "--root", "/srv/{{Name}}/{{range Arguments}}"},
		Reload:     []string{"refresh"},
	})
	if err := m.Install(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(m.places.definition)
	if err != nil || string(got) != m.spec.unit() {
		t.Errorf("kardianos wrote\n%s, %v", got, err)
	}
	if !exists(m.places.wants[0]) {
		t.Error("the service is not enabled")
	}
	if err := m.Install(); err != nil {
		t.Errorf("once more: %v", err)
	}
	if state, err := m.Status(); state != Running || err != nil {
		t.Errorf("the state is %q, %v", state, err)
	}
	if err := m.Uninstall(); err != nil {
		t.Fatal(err)
	}
	mustBeAbsent(t, append(m.places.wants, m.places.definitions()...)...)

	log, err := os.ReadFile(systemctl)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(`enable X.service
daemon-reload
--inline `+sysusersUser+` `+sysusersGroup+`
is-active X.service
stop X.socket
stop X.service
clean --what=runtime X.service
disable X.service
daemon-reload
daemon-reload
`, "X", m.spec.Name)
	if string(log) != want {
		t.Errorf("systemctl was called with\n%swant\n%s", log, want)
	}
}

func TestInstallOnDiskTakesBackWhatItWrote(t *testing.T) {
	for _, verb := range []string{"enable", "daemon-reload"} {
		t.Run(verb, func(t *testing.T) {
			m, _ := systemdOnDisk(t, Spec{Executable: oddProgram(t), Run: []string{"run"}, Reload: []string{"refresh"}})
			t.Setenv("FAIL", verb)
			if err := m.Install(); err == nil {
				t.Error("it was installed")
			}
			mustBeAbsent(t, append(m.places.wants, m.places.definitions()...)...)
		})
	}
}

// systemd-analyze finds nothing to say about the unit, not even that the
// program is not there: so it reads back the path that was written.
func TestUnitSatisfiesSystemd(t *testing.T) {
	program := oddProgram(t)
	for name, spec := range map[string]Spec{
		"plain": {Executable: "/bin/true", Run: []string{"run"}, Reload: []string{"refresh", "--allow-rejected"}},
		"odd": {
			Executable: program, Run: []string{"run", program, "", ";", "%i"}, Reload: []string{"refresh", "a\nb"},
			Root: filepath.Dir(program), Socket: "/run/a%h/$b.sock", SocketMode: 0o600, SocketGroup: "daemon",
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			write(t, filepath.Join(folder, "sessiond.service"), spec.unit())
			write(t, filepath.Join(folder, "sessiond.socket"), spec.socketUnit())
			var stderr bytes.Buffer
			cmd := exec.Command("systemd-analyze", "verify", "--man=no", "sessiond.service", "sessiond.socket")
			cmd.Env = append(os.Environ(), "SYSTEMD_UNIT_PATH="+folder+":") // and where they are otherwise
			cmd.Stderr = &stderr
			if err := cmd.Run(); err != nil || stderr.Len() > 0 { // it succeeds on unknown keys
				t.Errorf("systemd-analyze verify: %v\n%s", err, &stderr)
			}
		})
	}
}
