//go:build wine && linux

package wine

import (
	"archive/zip"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
)

// What is published for Windows is installed as docs/OPERATIONS.md says, does its work, and
// leaves nothing when it is uninstalled.
func published(t *testing.T, m *machine) {
	m.pipe = `\\.\pipe\sessiond` // the default one
	m.put("1", harness.NewContent(keyOf("1")).Bytes())
	files, services := m.content(), m.services()

	const programs = `C:\Program Files\sessiond`
	name := "sessiond_" + harness.Version + "_windows_amd64"
	m.unpack(zipOf(t, name), m.folder)
	for _, file := range []string{"doc/config.yaml", "doc/OPERATIONS.md", "doc/LICENSES", "completions/sessiond.powershell"} {
		if _, err := os.Stat(filepath.Join(m.path(m.folder), name, file)); err != nil {
			t.Errorf("the archive: %v", err)
		}
	}
	harness.Must(t, os.MkdirAll(m.path(programs), 0o755))
	harness.Must(t, os.Rename(filepath.Join(m.path(m.folder), name, "sessiond.exe"), m.path(programs+`\sessiond.exe`)))
	installed := func(args ...string) harness.Result {
		t.Helper()
		r := m.run("wine", append([]string{programs + `\sessiond.exe`}, args...)...)
		if r.Status != 0 {
			t.Fatalf("%q ends with %d:\n%s\n%s", args, r.Status, r.Stdout, r.Stderr)
		}
		return r
	}
	if r := installed("version"); !strings.Contains(r.Stdout, harness.Version) {
		t.Errorf("the version is %s", r.Stdout)
	}
	installed("check", m.mobileApps())
	settings := m.settings("watch: events\n") // in place of those in %ProgramData%, which wine has no safe folder for
	installed("service", "install", "--config", settings, "--root", m.mobileApps())
	installed("service", "start")
	m.untilService("running")
	m.untilEvent("ready: sessions=1")
	m.helper("open", m.pipe)
	if status := ask[api.Status](m, "status"); status.Sessions != 1 {
		t.Errorf("the status is %+v", status)
	}
	installed("service", "uninstall")
	harness.Must(t, os.Remove(m.path(settings)))
	harness.Must(t, os.RemoveAll(m.path(programs)))
	harness.Must(t, os.RemoveAll(filepath.Join(m.path(m.folder), name)))
	if diff := cmp.Diff(files, m.content()); diff != "" {
		t.Errorf("files before the installation and after it is undone (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(services, m.services()); diff != "" {
		t.Errorf("services and sources of events before and after (-before +after):\n%s", diff)
	}
}

// settings makes a settings file, and returns its path.
func (m *machine) settings(text string) string {
	m.t.Helper()
	path := m.folder + `\config.yaml`
	harness.Must(m.t, os.WriteFile(m.path(path), []byte(text), 0o600))
	return path
}

// zipOf builds an archive as it is published, and returns its path.
func zipOf(t *testing.T, name string) string {
	t.Helper()
	repository, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	harness.Must(t, err)
	dist := filepath.Join(strings.TrimSpace(string(repository)), "dist")
	harness.Must(t, os.RemoveAll(filepath.Join(dist, name))) // of a build that broke off
	cmd := exec.Command(filepath.Join(filepath.Dir(dist), "packaging", "archives"), "windows/amd64")
	cmd.Env = append(os.Environ(), "VERSION="+harness.Version)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("cannot build the archive: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		for _, end := range []string{".zip", ".cdx.json"} {
			_ = os.Remove(filepath.Join(dist, name+end))
		}
	})
	return filepath.Join(dist, name+".zip")
}

// unpack does as Expand-Archive does.
func (m *machine) unpack(archive, folder string) {
	m.t.Helper()
	r, err := zip.OpenReader(archive)
	harness.Must(m.t, err)
	defer r.Close()
	harness.Must(m.t, os.CopyFS(m.path(folder)+"/unpacked", r))
	unpacked, err := filepath.Glob(m.path(folder) + "/unpacked/*")
	harness.Must(m.t, err)
	for _, path := range unpacked {
		harness.Must(m.t, os.Rename(path, filepath.Join(m.path(folder), filepath.Base(path))))
	}
	harness.Must(m.t, os.Remove(m.path(folder)+"/unpacked"))
}

// content returns the names of all files of drive C but for Windows' own.
func (m *machine) content() []string {
	m.t.Helper()
	var names []string
	root := m.path(`C:\`)
	harness.Must(m.t, filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if path == filepath.Join(root, "windows") {
			return filepath.SkipDir
		}
		names = append(names, strings.TrimPrefix(path, root))
		return err
	}))
	return names
}

// services returns what the registry has of services and of sources of events.
func (m *machine) services() []string {
	m.t.Helper()
	r := m.run("wine", "reg", "query", `HKLM\SYSTEM\CurrentControlSet\Services`, "/s")
	if r.Status != 0 {
		m.t.Fatalf("cannot read the registry: %s", r.Stderr)
	}
	var keys []string
	for line := range strings.Lines(r.Stdout) {
		if strings.HasPrefix(line, "HKEY_") {
			keys = append(keys, strings.TrimSpace(line))
		}
	}
	return slices.Sorted(slices.Values(keys))
}

// A service follows an authority by a server of NATS on this machine.
func follower(t *testing.T, m *machine) {
	broker := harness.NewBroker(t, harness.BuildBroker(t), "n1")
	m.put("1", harness.NewContent(keyOf("1")).With("email", "one@example.com").Bytes())
	m.start("--publish", broker.URL())
	own := *m
	own.pipe = `\\.\pipe\sessiond`
	own.sessiond(0, "service", "install", "--config", m.settings("replica-node: south\n"), "--follow", broker.URL())
	t.Cleanup(func() { own.sessiond(0, "service", "uninstall") })
	own.sessiond(0, "service", "start")
	own.untilService("running")
	own.helper("open", own.pipe)
	own.mustHave("the follower has it", map[string]string{"1": "one@example.com"})
	m.put("1", harness.NewContent(keyOf("1")).With("email", "new@example.com").Bytes())
	m.sessiond(0, "refresh", "--socket", m.pipe)
	own.mustHave("the follower has the change", map[string]string{"1": "new@example.com"})
	if status := ask[api.Status](&own, "status"); status.Replica.State != "following" {
		t.Errorf("the follower is %+v", status.Replica)
	}
}
