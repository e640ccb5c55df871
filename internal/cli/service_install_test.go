package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"sessiond/internal/service"
)

// The service gets the settings of flags and environment, with absolute paths,
// and a reload that asks the same socket.
func TestServiceSpec(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	a := newTestApp(t, "")
	configFile := strings.TrimPrefix(a.Environ[0], "SESSIOND_CONFIG=")
	a.Environ = append(a.Environ, "SESSIOND_RESYNC=1m", "SESSIOND_ADMIT=restore", "SESSIOND_POLL=")
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	a.config.AddFlags(flags)
	if err := flags.Parse([]string{"--root", "apps", "--socket", "d.sock", "--admit", "follow"}); err != nil {
		t.Fatal(err)
	}
	settings, err := a.config.Load(flags, a.Environ)
	if err != nil {
		t.Fatal(err)
	}
	got, err := a.spec(flags, settings)
	if err != nil {
		t.Fatal(err)
	}
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd() // the temporary folder, perhaps by another name
	if err != nil {
		t.Fatal(err)
	}
	socket, settingsFile := "--socket="+filepath.Join(here, "d.sock"), "--config="+configFile
	want := service.Spec{
		Name: "sessiond", Executable: executable,
		Run: []string{
			"run", "--admit=follow", settingsFile, "--resync=1m", "--root=" + filepath.Join(here, "apps"), socket,
		},
		Reload: []string{"refresh", "--allow-rejected", socket},

		NamesConfig: true, Root: filepath.Join(here, "apps"), Socket: filepath.Join(here, "d.sock"), SocketMode: 0o660,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	// With the root of the settings file, the reload makes sure of that root.
	if err := os.WriteFile(configFile, []byte("root: /srv\nsocket: /run/other/d.sock\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	flags = pflag.NewFlagSet("", pflag.ContinueOnError)
	a.config.AddFlags(flags)
	if settings, err = a.config.Load(flags, a.Environ); err != nil {
		t.Fatal(err)
	}
	if got, err = a.spec(flags, settings); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"refresh", "--allow-rejected", settingsFile, "--socket=/run/other/d.sock"}, got.Reload); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A follower has no root, and is let connect to the servers; what is asked of it to look
// at again goes to nobody.
func TestServiceSpecOfFollower(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for follow, want := range map[string][]string{
		"nats://127.0.0.1:4222,nats://[::1]":          nil,
		"tls://192.0.2.1:4222,tls://[2001:db8::1]:42": {"192.0.2.1", "2001:db8::1"},
		"tls://192.0.2.1:4222,tls://n2.example.com":   {"any"},
	} {
		a := newTestApp(t, "")
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		a.config.AddFlags(flags)
		if err := flags.Parse([]string{"--follow", follow, "--replica-nkey", "south.nk", "--replica-ca", "/ca.pem"}); err != nil {
			t.Fatal(err)
		}
		settings, err := a.config.Load(flags, a.Environ)
		if err != nil {
			t.Fatal(err)
		}
		got, err := a.spec(flags, settings)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Network); diff != "" || got.Reload != nil || got.Root != "" {
			t.Errorf("%s: %+v (-want +got)\n%s", follow, got, diff)
		}
		if !slices.Contains(got.Run, "--replica-nkey="+filepath.Join(here, "south.nk")) || !slices.Contains(got.Run, "--follow="+follow) {
			t.Errorf("%s: the daemon is run with %q", follow, got.Run)
		}
	}
}

func TestServiceInstallWithoutRoot(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "nowhere")
	got := command(t, "", "service", "install", "--root", missing)
	got.want(t, exitFailed, "", `sessiond: cannot install the service: the root "`+missing+`": no such file or directory`+"\n")
}
