package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// load runs Load as a command does; file is the settings file's content, none
// where it is empty. It returns the file's path, too.
func load(t *testing.T, file string, environ, args []string) (Settings, string, error) {
	t.Helper()
	l := New()
	l.defaultFile = filepath.Join(t.TempDir(), "config.yaml")
	if file != "" {
		write(t, l.defaultFile, file)
	}
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	l.AddFlags(flags)
	if err := flags.Parse(args); err != nil {
		return Settings{}, l.defaultFile, err
	}
	s, err := l.Load(flags, environ)
	return s, l.defaultFile, err
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func defaults() Settings {
	return Settings{
		Admit: AdmitRestore, Settle: 250 * time.Millisecond, SettleMany: 10 * time.Second, Debounce: 25 * time.Millisecond,
		DebounceMax: 250 * time.Millisecond, Resync: 5 * time.Minute, Poll: 2 * time.Second,
		Watch: WatchAuto, MaxFileSize: 1 << 20, LogLevel: LogLevelInfo, LogFormat: LogFormatAuto,
		SocketMode: 0o660, CheckSocketMode: 0o660, AdminSelf: true,
		TrashKeep: 168 * time.Hour, AuditMinFree: 64 << 20, NotifyInterval: 10 * time.Second,
		Replica: Replica{
			ReplicaName: "main", ReplicaCopies: 1, ReplicaStorage: StorageFile,
			Beat: time.Second, StaleAfter: 3 * time.Second, StaleLimit: time.Minute, OnStale: OnStaleRefuse,
		},
	}
}

func TestLoad(t *testing.T) {
	root := t.TempDir()
	other := t.TempDir()
	for name, test := range map[string]struct {
		file          string
		environ, args []string
		want          func(*Settings)
	}{
		"nothing given": {want: func(*Settings) {}},
		"every flag": {
			args: []string{
				"--root", root, "--socket=/run/x.sock", "--admit", "follow", "--settle", "1ms", "--settle-many=0", "--debounce=0", "--debounce-max", "1m",
				"--resync=0", "--poll", "10ms", "--watch", "poll", "--max-file-size", "2kB", "--log-level=debug",
				"--log-format=json", "--socket-mode", "0600", "--socket-group", "staff",
				"--admin-group", "wheel", "--admin-self=off", "--write=on",
				"--trash-dir", other, "--trash-keep=0", "--audit-log", other + "/a", "--audit-min-free=0",
				"--check-socket=/run/c.sock", "--check-socket-mode=600", "--check-socket-group", "proxy", "--check-listen=[::1]:1",
				"--seen-file", other + "/seen", "--licences=1000000000",
				"--notify-url=http://h/4d", "--notify-secret-file", other, "--notify-interval=1s", "--notify-insecure=on",
			},
			want: func(s *Settings) {
				*s = Settings{
					Root: root, Socket: "/run/x.sock", Admit: AdmitFollow, Settle: time.Millisecond, DebounceMax: time.Minute,
					Poll: 10 * time.Millisecond, Watch: WatchPoll, MaxFileSize: 2000, LogLevel: LogLevelDebug,
					LogFormat: LogFormatJSON, SocketMode: 0o600, SocketGroup: "staff",
					AdminGroup: "wheel", Write: true,
					TrashDir: other, AuditLog: filepath.Join(other, "a"),
					CheckSocket: "/run/c.sock", CheckSocketMode: 0o600, CheckSocketGroup: "proxy", CheckListen: "[::1]:1",
					SeenFile: filepath.Join(other, "seen"), Licences: 1_000_000_000,
					NotifyURL: "http://h/4d", NotifySecretFile: other, NotifyInterval: time.Second, NotifyInsecure: true,
					Replica: defaults().Replica,
				}
			},
		},
		"every variable": {
			environ: []string{
				"SESSIOND_ROOT=" + root, "SESSIOND_SOCKET=/run/x.sock", "SESSIOND_ADMIT=follow", "SESSIOND_SETTLE=1m", "SESSIOND_SETTLE_MANY=2m",
				"SESSIOND_DEBOUNCE=1s", "SESSIOND_DEBOUNCE_MAX=2s", "SESSIOND_RESYNC=1s", "SESSIOND_POLL=1h", "SESSIOND_WATCH=off",
				"SESSIOND_MAX_FILE_SIZE=1GiB", "SESSIOND_LOG_LEVEL=warn", "SESSIOND_LOG_FORMAT=console",
				"SESSIOND_SOCKET_MODE=777", "SESSIOND_SOCKET_GROUP=1000", "SESSIOND_ADMIN_GROUP=0", "SESSIOND_ADMIN_SELF=off", "SESSIOND_WRITE=on",
				"SESSIOND_TRASH_DIR=" + other, "SESSIOND_TRASH_KEEP=1h", "SESSIOND_AUDIT_LOG=" + other, "SESSIOND_AUDIT_MIN_FREE=1TiB",
				"SESSIOND_CHECK_SOCKET=c.sock", "SESSIOND_CHECK_SOCKET_MODE=0777", "SESSIOND_CHECK_SOCKET_GROUP=33", "SESSIOND_CHECK_LISTEN=localhost:0",
				"SESSIOND_SEEN_FILE=" + other, "SESSIOND_LICENCES=7",
				"SESSIOND_NOTIFY_URL=https://h", "SESSIOND_NOTIFY_SECRET_FILE=" + other, "SESSIOND_NOTIFY_INTERVAL=1h", "SESSIOND_NOTIFY_INSECURE=off",
				"HOME=/root", "=C:=odd",
			},
			want: func(s *Settings) {
				*s = Settings{
					Root: root, Socket: "/run/x.sock", Admit: AdmitFollow, Settle: time.Minute, SettleMany: 2 * time.Minute, Debounce: time.Second, DebounceMax: 2 * time.Second,
					Resync: time.Second, Poll: time.Hour, Watch: WatchOff, MaxFileSize: 1 << 30, LogLevel: LogLevelWarn,
					LogFormat: LogFormatConsole, SocketMode: 0o777, SocketGroup: "1000",
					AdminGroup: "0", Write: true,
					TrashDir: other, TrashKeep: time.Hour, AuditLog: other, AuditMinFree: 1 << 40,
					CheckSocket: "c.sock", CheckSocketMode: 0o777, CheckSocketGroup: "33", CheckListen: "localhost:0",
					SeenFile: other, Licences: 7,
					NotifyURL: "https://h", NotifySecretFile: other, NotifyInterval: time.Hour,
					Replica: defaults().Replica,
				}
			},
		},
		"every key": {
			file: "root: " + root + "\nsocket: /run/x.sock\nadmit: follow\nsettle: 500ms\nsettle-many: 1h\ndebounce: 1ms\ndebounce-max: 1ms\n" +
				"resync: 0\npoll: 1m\nwatch: events\nmax-file-size: 1048577\nlog-level: \"error\"\nlog-format: json\n" +
				"socket-mode: 0o640\nsocket-group: ''\nadmin-group: wheel\nadmin-self: off\nwrite: on\n" +
				"trash-dir: ''\ntrash-keep: 30m\naudit-log: \"\"\naudit-min-free: 1MB\n" +
				"check-socket: /run/c.sock\ncheck-socket-mode: 0640\ncheck-socket-group: ''\ncheck-listen: ''\nseen-file: ''\nlicences: 0\n" +
				"notify-url: ''\nnotify-secret-file: ''\nnotify-interval: 100ms\nnotify-insecure: on\n",
			want: func(s *Settings) {
				*s = Settings{
					Root: root, Socket: "/run/x.sock", Admit: AdmitFollow, Settle: 500 * time.Millisecond, SettleMany: time.Hour, Debounce: time.Millisecond,
					DebounceMax: time.Millisecond, Poll: time.Minute, Watch: WatchEvents, MaxFileSize: 1<<20 + 1,
					LogLevel: LogLevelError, LogFormat: LogFormatJSON, SocketMode: 0o640, AdminGroup: "wheel", Write: true,
					TrashKeep: 30 * time.Minute, AuditMinFree: 1_000_000,
					CheckSocket: "/run/c.sock", CheckSocketMode: 0o640,
					NotifyInterval: 100 * time.Millisecond, NotifyInsecure: true,
					Replica: defaults().Replica,
				}
			},
		},
		"every flag of a replica": {
			args: []string{
				"--publish=tls://a:4222,tls://b", "--replica-name=N_1", "--replica-node=n-2", "--replica-editors=south, west", "--replica-creds", other, "--replica-ca", other,
				"--replica-cert", other, "--replica-key", other, "--replica-insecure=on", "--replica-copies=3", "--replica-storage=memory",
				"--replica-max-bytes=1GiB", "--beat=100ms", "--stale-after=1s", "--stale-limit=0", "--on-stale=serve",
			},
			want: func(s *Settings) {
				s.Replica = Replica{
					Publish: []string{"tls://a:4222", "tls://b"}, ReplicaName: "N_1", ReplicaNode: "n-2", ReplicaEditors: []string{"south", "west"}, ReplicaCreds: other, ReplicaCA: other,
					ReplicaCert: other, ReplicaKey: other, ReplicaInsecure: true, ReplicaCopies: 3, ReplicaStorage: StorageMemory,
					ReplicaMaxBytes: 1 << 30, Beat: 100 * time.Millisecond, StaleAfter: time.Second, OnStale: OnStaleServe,
				}
			},
		},
		"a follower's variables": {
			environ: []string{"SESSIOND_FOLLOW=nats://localhost", "SESSIOND_REPLICA_NKEY=" + other, "SESSIOND_REPLICA_COPIES=5"},
			want: func(s *Settings) {
				s.Follow, s.ReplicaNKey, s.ReplicaCopies = []string{"nats://localhost"}, other, 5
			},
		},
		"a follower's file": {
			file: "publish: ''\nfollow: nats://localhost:1, nats://127.0.0.1:2/\nreplica-node: ''\nreplica-max-bytes: 0\nstale-limit: 5m\n",
			want: func(s *Settings) {
				s.Follow, s.StaleLimit = []string{"nats://localhost:1", "nats://127.0.0.1:2"}, 5*time.Minute
			},
		},
		"flag over environment over file over default": {
			file:    "settle: 10ms\npoll: 10s\nresync: 10m\n",
			environ: []string{"SESSIOND_SETTLE=20ms", "SESSIOND_POLL=20s"},
			args:    []string{"--settle=30ms"},
			want: func(s *Settings) {
				s.Settle, s.Poll, s.Resync = 30*time.Millisecond, 20*time.Second, 10*time.Minute
			},
		},
		"a flag that says the default": {
			environ: []string{"SESSIOND_WATCH=off"},
			args:    []string{"--watch=auto"},
			want:    func(*Settings) {},
		},
		"nothing over something": {
			file: "socket-group: staff\nsocket: /run/x.sock\n",
			args: []string{"--socket-group=", "--socket="},
			want: func(*Settings) {},
		},
		"an empty variable is none": {
			file:    "settle: 10ms\n",
			environ: []string{"SESSIOND_SETTLE=", "SESSIOND_CONFIG=", "SESSIOND_ROOT="},
			want:    func(s *Settings) { s.Settle = 10 * time.Millisecond },
		},
		"a Kubernetes service of this name": {
			environ: []string{
				"SESSIOND_PORT=tcp://10.0.0.7:80", "SESSIOND_SERVICE_HOST=10.0.0.7", "SESSIOND_SERVICE_PORT=80", "SESSIOND_SERVICE_PORT_HTTP=80",
				"SESSIOND_PORT_80_TCP=tcp://10.0.0.7:80", "SESSIOND_PORT_80_TCP_PROTO=tcp", "SESSIOND_PORT_80_TCP_PORT=80", "SESSIOND_PORT_80_TCP_ADDR=10.0.0.7",
				"SESSIOND_METRICS_SERVICE_HOST=10.0.0.8", "SESSIOND_METRICS_PORT=udp://10.0.0.8:53", "SESSIOND_POLL=3s",
			},
			want: func(s *Settings) {
				s.Poll = 3 * time.Second
				s.Ignored = []string{
					"SESSIOND_PORT", "SESSIOND_SERVICE_HOST", "SESSIOND_SERVICE_PORT", "SESSIOND_SERVICE_PORT_HTTP",
					"SESSIOND_PORT_80_TCP", "SESSIOND_PORT_80_TCP_PROTO", "SESSIOND_PORT_80_TCP_PORT", "SESSIOND_PORT_80_TCP_ADDR",
					"SESSIOND_METRICS_SERVICE_HOST", "SESSIOND_METRICS_PORT",
				}
			},
		},
		"comments only":        {file: "# settle: 10ms\n", want: func(*Settings) {}},
		"an empty document":    {file: "---\n# settle: 10ms\n...\n", want: func(*Settings) {}},
		"octal with a bare 0":  {file: "socket-mode: 0600\n", want: func(s *Settings) { s.SocketMode = 0o600 }},
		"debounce up to max":   {args: []string{"--debounce=250ms"}, want: func(s *Settings) { s.Debounce = 250 * time.Millisecond }},
		"the last flag counts": {args: []string{"--root", root, "--root", other}, want: func(s *Settings) { s.Root = other }},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, err := load(t, test.file, test.environ, test.args)
			if err != nil {
				t.Fatal(err)
			}
			want := defaults()
			test.want(&want)
			got.Places = nil // TestPlaces
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
		})
	}
}

// What the machine turns out not to have is told of with the place that asks for it.
func TestPlaces(t *testing.T) {
	got, file, err := load(t, "write: on\nadmin-group: one\nsettle: 1s\n",
		[]string{"SESSIOND_ADMIN_GROUP=two", "SESSIOND_SETTLE=2s"}, []string{"--settle=3s"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"write": file + ":1", "admin-group": "environment SESSIOND_ADMIN_GROUP", "settle": "flag --settle"}
	if diff := cmp.Diff(want, got.Places); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

func TestLoadMakesRootAbsolute(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		file          string
		environ, args []string
	}{
		"flag":        {args: []string{"--root", "x/../MobileApps/"}},
		"environment": {environ: []string{"SESSIOND_ROOT=MobileApps"}},
		"file":        {file: "root: ./MobileApps"},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, err := load(t, test.file, test.environ, test.args)
			if err != nil {
				t.Fatal(err)
			}
			if want := filepath.Join(here, "MobileApps"); got.Root != want {
				t.Errorf("root is %q, want %q", got.Root, want)
			}
		})
	}
}

func TestLoadChoosesFile(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.yaml"), "poll: 3s")
	write(t, filepath.Join(dir, "b.yaml"), "poll: 4s")
	a, b, none := filepath.Join(dir, "a.yaml"), filepath.Join(dir, "b.yaml"), filepath.Join(dir, "none.yaml")
	for name, test := range map[string]struct {
		environ, args []string
		want          time.Duration
		place         string // where the error is, if one is due
	}{
		"default":                       {want: 5 * time.Second},
		"environment over default":      {environ: []string{"SESSIOND_CONFIG=" + a}, want: 3 * time.Second},
		"flag over environment":         {environ: []string{"SESSIOND_CONFIG=" + a}, args: []string{"--config", b}, want: 4 * time.Second},
		"named by a flag, but missing":  {args: []string{"--config", none}, place: "flag --config"},
		"named by a variable, no file":  {environ: []string{"SESSIOND_CONFIG=" + none}, place: "environment SESSIOND_CONFIG"},
		"a folder":                      {args: []string{"--config", dir}, place: "flag --config"},
		"missing, though overridden":    {environ: []string{"SESSIOND_CONFIG=" + none}, args: []string{"--config", b}, want: 4 * time.Second},
		"a file below something else":   {args: []string{"--config", a + "/x"}, place: "flag --config"},
		"a name that no system accepts": {args: []string{"--config", "a\x00b"}, place: "flag --config"},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, err := load(t, "poll: 5s", test.environ, test.args)
			if test.place == "" {
				if err != nil || got.Poll != test.want {
					t.Errorf("poll is %v and the error %v, want %v and none", got.Poll, err, test.want)
				}
				return
			}
			var wrong *Error
			if !errors.As(err, &wrong) || wrong.Place != test.place || wrong.Key != KeyConfig || wrong.Err == nil || !errors.Is(err, ErrState) {
				t.Errorf("the error is %#v, want one of %s", err, test.place)
			}
		})
	}
}

func TestLoadTellsWhyAFileIsMissing(t *testing.T) {
	_, _, err := load(t, "", nil, []string{"--config", filepath.Join(t.TempDir(), "none.yaml")})
	if !errors.Is(err, ErrInvalid) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the error is %v, want one that is ErrInvalid and fs.ErrNotExist", err)
	}
}

// A client does without a default file that cannot be read, and without no other.
func TestLoadForClient(t *testing.T) {
	l := New()
	l.defaultFile = t.TempDir() // it exists, and is no file that anybody can read
	parse := func(args ...string) *pflag.FlagSet {
		flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
		l.AddFlags(flags, KeySocket)
		if err := flags.Parse(args); err != nil {
			t.Fatal(err)
		}
		return flags
	}
	s, unread, err := l.LoadForClient(parse("--socket=/run/x.sock"), nil)
	if err != nil || s.Socket != "/run/x.sock" || !errors.Is(unread, ErrState) {
		t.Errorf("settings are %+v, %v, %v", s, unread, err)
	}
	if s, err := l.Load(parse("--socket=/run/x.sock"), nil); !errors.Is(err, ErrState) {
		t.Errorf("for the daemon, settings are %+v, %v, want an error", s, err)
	}
	if _, unread, err := l.LoadForClient(parse("--config", l.defaultFile), nil); !errors.Is(err, ErrState) || unread != nil {
		t.Errorf("a file that was named and cannot be read: %v, %v, want an error", unread, err)
	}
	l.defaultFile = filepath.Join(t.TempDir(), "config.yaml")
	write(t, l.defaultFile, "setle: 5s")
	if _, unread, err := l.LoadForClient(parse(), nil); !errors.Is(err, ErrText) || unread != nil {
		t.Errorf("a file that is wrong: %v, %v, want an error", unread, err)
	}
}

// A default file that others may have written is not read; a file that was named is.
func TestLoadTrustsTheDefaultFolder(t *testing.T) {
	l := New()
	l.defaultFile = filepath.Join(t.TempDir(), "config.yaml")
	l.checkFolder = func() error { return errors.New("it belongs to another") }
	parse := func(args ...string) *pflag.FlagSet {
		flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
		l.AddFlags(flags)
		if err := flags.Parse(args); err != nil {
			t.Fatal(err)
		}
		return flags
	}
	if _, err := l.Load(parse(), nil); err != nil {
		t.Errorf("where there is no file: %v, want no error", err)
	}
	write(t, l.defaultFile, "socket: /run/x.sock")
	if _, err := l.Load(parse(), nil); !errors.Is(err, ErrState) || !strings.Contains(err.Error(), "it belongs to another") {
		t.Errorf("for the daemon: %v, want an error", err)
	}
	if s, unread, err := l.LoadForClient(parse(), nil); err != nil || s.Socket != "" || !errors.Is(unread, ErrState) {
		t.Errorf("for a client, settings are %+v, %v, %v", s, unread, err)
	}
	if s, err := l.Load(parse("--config", l.defaultFile), nil); err != nil || s.Socket != "/run/x.sock" {
		t.Errorf("by name, settings are %+v, %v", s, err)
	}
}

func TestRequireRoot(t *testing.T) {
	if err := (Settings{Root: "/srv"}).RequireRoot(); err != nil {
		t.Error(err)
	}
	err := Settings{}.RequireRoot()
	want := "cannot use setting root: it is required: a folder, by --root DIR, SESSIOND_ROOT or root: in the configuration file"
	if !errors.Is(err, ErrInvalid) || err.Error() != want {
		t.Errorf("the error is %q, want %q", err, want)
	}
}
