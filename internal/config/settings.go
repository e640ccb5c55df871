package config

import (
	"io/fs"
	"time"
)

// DefaultConfigFile is the settings file that is read, where it exists, when
// neither --config nor SESSIOND_CONFIG names another.
const DefaultConfigFile = "/etc/sessiond/config.yaml"

// Values of [Settings.Admit]: which valid files become sessions after start-up
// (refresh contract, section 3).
const (
	AdmitRestore = "restore" // none but those that open names
	AdmitFollow  = "follow"  // every valid file
)

// Values of [Settings.Watch]: how the daemon learns of changes.
const (
	WatchAuto   = "auto"
	WatchEvents = "events"
	WatchPoll   = "poll"
	WatchOff    = "off"
)

// What one writes for a setting that is on or off.
const (
	On  = "on"
	Off = "off"
)

// Values of [Settings.LogLevel].
const (
	LogLevelDebug = "debug"
	LogLevelInfo  = "info"
	LogLevelWarn  = "warn"
	LogLevelError = "error"
)

// Values of [Settings.LogFormat].
const (
	LogFormatAuto    = "auto" // console on a terminal, otherwise json
	LogFormatJSON    = "json"
	LogFormatConsole = "console"
)

// Settings is everything that can be set, read and checked.
type Settings struct {
	// Root is the MobileApps folder, absolute; empty where nobody named one
	// (see [Settings.RequireRoot]).
	Root string
	// Socket is the path of the Unix socket, or named pipe, as it was written; empty for the
	// caller's default.
	Socket string
	Admit  string

	Settle time.Duration // between the two looks that must agree
	// SettleMany is for how long removals that nobody asked for are summed for the
	// brake on mass removals, and for how long the tree must be at rest before held
	// removals count (refresh contract, section 3); 0 turns the brake off.
	SettleMany  time.Duration
	Debounce    time.Duration // quiet time of a file or folder that ends a gathering of its events
	DebounceMax time.Duration // longest time these are gathered; never below Debounce
	Resync      time.Duration // between full passes nobody asked for; 0 turns them off
	Poll        time.Duration // between looks at the root's identity, or polls

	Watch       string
	MaxFileSize int64 // bytes; a larger session file cannot be judged

	LogLevel  string
	LogFormat string

	SocketMode  fs.FileMode // permission bits only
	SocketGroup string      // a name or a number; empty leaves the group alone

	// AdminGroup is the name or the number of the group whose members are administrators;
	// empty for none. AdminSelf says that the daemon's own user is one.
	AdminGroup string
	AdminSelf  bool
	// Write says that the daemon may change session files when it is asked to.
	Write bool

	// TrashDir is the folder for deleted files, absolute; empty for the caller's default.
	// They are kept for TrashKeep, not at all where that is 0.
	TrashDir  string
	TrashKeep time.Duration
	// AuditLog is the file in which changes are recorded, absolute; empty for the caller's
	// default. Of what nobody asked for, nothing is recorded where fewer than AuditMinFree
	// bytes are free.
	AuditLog     string
	AuditMinFree int64

	// MetricsListen is the TCP address on which metrics are served besides the
	// socket, HOST:PORT with a loopback host; empty for none.
	MetricsListen string

	// CheckSocket is the path of the Unix socket on which bearer tokens are checked for
	// gateways; empty for none. Its mode and group are as those of the control socket.
	CheckSocket      string
	CheckSocketMode  fs.FileMode
	CheckSocketGroup string
	// CheckListen is the TCP address for the same, HOST:PORT with a loopback host; empty
	// for none.
	CheckListen string
	// SeenFile is the file in which it is kept when sessions were last seen, absolute; empty
	// for the caller's default.
	SeenFile string

	// Licences is how many sessions may be accepted; 0 where nobody knows.
	Licences int

	// NotifyURL is the address of a 4D server that is told of changes; empty for none.
	// NotifySecretFile holds what it asks for, absolute. It is told at most once in
	// NotifyInterval. NotifyInsecure says that the secret may be sent to another host
	// without encryption.
	NotifyURL        string
	NotifySecretFile string
	NotifyInterval   time.Duration
	NotifyInsecure   bool

	// Replica says which log is published to or followed, and how.
	Replica

	// Places are where the settings were given that have not their defaults, by key.
	Places map[string]string

	// Ignored are the names of environment variables that are no settings and were
	// passed over, since Kubernetes sets them for a service named sessiond.
	Ignored []string
}

// RequireRoot returns an [Error] where nobody named a root. Only run and
// service install need one, unless the daemon follows another; check takes it as its
// default.
func (s Settings) RequireRoot() error {
	if s.Root != "" || len(s.Follow) > 0 {
		return nil
	}
	return &Error{
		Key:    KeyRoot,
		Reason: "it is required: a folder, by --root DIR, " + EnvName(KeyRoot) + " or root: in the configuration file",
	}
}
