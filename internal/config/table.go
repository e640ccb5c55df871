package config

import (
	"fmt"
	"slices"
	"strings"
)

// Keys of the settings. A flag has the same name; an environment variable has
// it in upper case after SESSIOND_, with underscores.
const (
	KeyRoot          = "root"
	KeySocket        = "socket"
	KeyAdmit         = "admit"
	KeySettle        = "settle"
	KeySettleMany    = "settle-many"
	KeyDebounce      = "debounce"
	KeyDebounceMax   = "debounce-max"
	KeyResync        = "resync"
	KeyPoll          = "poll"
	KeyWatch         = "watch"
	KeyMaxFileSize   = "max-file-size"
	KeyLogLevel      = "log-level"
	KeyLogFormat     = "log-format"
	KeySocketMode    = "socket-mode"
	KeySocketGroup   = "socket-group"
	KeyAdminGroup    = "admin-group"
	KeyAdminSelf     = "admin-self"
	KeyWrite         = "write"
	KeyTrashDir      = "trash-dir"
	KeyTrashKeep     = "trash-keep"
	KeyAuditLog      = "audit-log"
	KeyAuditMinFree  = "audit-min-free"
	KeyMetricsListen = "metrics-listen"

	KeyCheckSocket      = "check-socket"
	KeyCheckSocketMode  = "check-socket-mode"
	KeyCheckSocketGroup = "check-socket-group"
	KeyCheckListen      = "check-listen"
	KeySeenFile         = "seen-file"
	KeyLicences         = "licences"

	KeyNotifyURL        = "notify-url"
	KeyNotifySecretFile = "notify-secret-file"
	KeyNotifyInterval   = "notify-interval"
	KeyNotifyInsecure   = "notify-insecure"

	KeyPublish         = "publish"
	KeyFollow          = "follow"
	KeyReplicaName     = "replica-name"
	KeyReplicaNode     = "replica-node"
	KeyReplicaEditors  = "replica-editors"
	KeyReplicaCreds    = "replica-creds"
	KeyReplicaNKey     = "replica-nkey"
	KeyReplicaCA       = "replica-ca"
	KeyReplicaCert     = "replica-cert"
	KeyReplicaKey      = "replica-key"
	KeyReplicaInsecure = "replica-insecure"
	KeyReplicaCopies   = "replica-copies"
	KeyReplicaStorage  = "replica-storage"
	KeyReplicaMaxBytes = "replica-max-bytes"
	KeyBeat            = "beat"
	KeyStaleAfter      = "stale-after"
	KeyStaleLimit      = "stale-limit"
	KeyOnStale         = "on-stale"

	// KeyConfig names the settings file. It is a flag and an environment
	// variable, not a key of the file.
	KeyConfig = "config"
)

// setting is one row of the table.
type setting struct {
	key     string
	form    string // stands for the value in --help
	usage   string // what it is for
	def     string // the default, as one would write it
	allowed string // what may be written
	// put reads a text into its place in Settings. Its error says what is
	// wrong with the text, as the end of a sentence that names key and place.
	put func(s *Settings, text string) error
}

// table returns every setting.
func table() []setting { return append(daemonTable(), replicaTable()...) }

// daemonTable returns those of a daemon by itself.
func daemonTable() []setting {
	return []setting{
		{
			key: KeyRoot, form: "DIR",
			usage:   "the MobileApps folder, the one that holds the app folders",
			allowed: "a folder",
			put:     func(s *Settings, text string) error { return putFolder(&s.Root, text) },
		},
		{
			key: KeySocket, form: "PATH",
			usage:   "the daemon's socket, or pipe (default: sessiond help run)",
			allowed: `a path, or "" for the default`,
			put:     func(s *Settings, text string) error { return putText(&s.Socket, text) },
		},
		choice(setting{
			key: KeyAdmit, def: AdmitRestore,
			usage: "new valid files join by open, or at once",
		}, func(s *Settings) *string { return &s.Admit }, AdmitRestore, AdmitFollow),
		{
			key: KeySettle, form: "TIME", def: "250ms",
			usage:   "time between two looks that must agree",
			allowed: "a time from 1ms to 1m, such as 250ms",
			put:     func(s *Settings, text string) error { return putDuration(&s.Settle, text, isSettle) },
		},
		{
			key: KeySettleMany, form: "TIME", def: "10s",
			usage:   "how long mass removals are held; 0 for never",
			allowed: "a time, such as 10s, or 0 to turn the brake on mass removals off",
			put:     func(s *Settings, text string) error { return putDuration(&s.SettleMany, text, notNegative) },
		},
		{
			key: KeyDebounce, form: "TIME", def: "25ms",
			usage:   "quiet time of a file that ends gathering",
			allowed: "a time, such as 25ms, or 0",
			put:     func(s *Settings, text string) error { return putDuration(&s.Debounce, text, notNegative) },
		},
		{
			key: KeyDebounceMax, form: "TIME", def: "250ms",
			usage:   "longest gathering of a file's changes",
			allowed: "a time not shorter than " + KeyDebounce + ", such as 250ms",
			put:     func(s *Settings, text string) error { return putDuration(&s.DebounceMax, text, notNegative) },
		},
		{
			key: KeyResync, form: "TIME", def: "5m",
			usage:   "interval of routine full passes; 0 for none",
			allowed: "a time of at least 1s, such as 5m, or 0 to turn it off",
			put:     func(s *Settings, text string) error { return putDuration(&s.Resync, text, isResync) },
		},
		{
			key: KeyPoll, form: "TIME", def: "2s",
			usage:   "time between looks at the root, or polls",
			allowed: "a time of at least 10ms, such as 2s",
			put:     func(s *Settings, text string) error { return putDuration(&s.Poll, text, isPoll) },
		},
		choice(setting{
			key: KeyWatch, def: WatchAuto,
			usage: "how to notice changes; auto: events or poll",
		}, func(s *Settings) *string { return &s.Watch }, WatchAuto, WatchEvents, WatchPoll, WatchOff),
		{
			key: KeyMaxFileSize, form: "SIZE", def: "1MiB",
			usage:   "size above which a file cannot be judged",
			allowed: "a size from 1B to 1GiB, such as 512KiB or 1MiB",
			put:     func(s *Settings, text string) error { return putSize(&s.MaxFileSize, text) },
		},
		choice(setting{
			key: KeyLogLevel, def: LogLevelInfo,
			usage: "least important messages that are logged",
		}, func(s *Settings) *string { return &s.LogLevel }, LogLevelDebug, LogLevelInfo, LogLevelWarn, LogLevelError),
		choice(setting{
			key: KeyLogFormat, def: LogFormatAuto,
			usage: "auto is console on a terminal, else json",
		}, func(s *Settings) *string { return &s.LogFormat }, LogFormatAuto, LogFormatJSON, LogFormatConsole),
		{
			key: KeySocketMode, form: "MODE", def: "0660",
			usage:   "permissions of the socket, in octal",
			allowed: "octal permissions from 0600 to 0777 that let the owner read and write, such as 0660",
			put:     func(s *Settings, text string) error { return putMode(&s.SocketMode, text) },
		},
		{
			key: KeySocketGroup, form: "NAME",
			usage:   "the socket's group, name or number (default: the daemon's)",
			allowed: `the name or number of a group, or "" for the daemon's own`,
			put:     func(s *Settings, text string) error { return putText(&s.SocketGroup, text) },
		},
		{
			key: KeyAdminGroup, form: "NAME",
			usage:   "group of the administrators, name or number",
			allowed: `the name or number of a group, or "" for none`,
			put:     func(s *Settings, text string) error { return putText(&s.AdminGroup, text) },
		},
		toggle(setting{
			key: KeyAdminSelf, def: On,
			usage: "the daemon's own user is an administrator",
		}, func(s *Settings) *bool { return &s.AdminSelf }),
		toggle(setting{
			key: KeyWrite, def: Off,
			usage: "change session files when asked to",
		}, func(s *Settings) *bool { return &s.Write }),
		{
			key: KeyTrashDir, form: "DIR",
			usage:   "deleted files (default: see sessiond help run)",
			allowed: `a folder, or "" for the default`,
			put:     func(s *Settings, text string) error { return putPlace(&s.TrashDir, text) },
		},
		{
			key: KeyTrashKeep, form: "TIME", def: "168h",
			usage:   "how long these are kept; 0 for not at all",
			allowed: "a time, such as 168h, or 0 to delete for good at once",
			put:     func(s *Settings, text string) error { return putDuration(&s.TrashKeep, text, notNegative) },
		},
		{
			key: KeyAuditLog, form: "PATH",
			usage:   "record of changes (default: see sessiond help run)",
			allowed: `a path, or "" for the default`,
			put:     func(s *Settings, text string) error { return putPlace(&s.AuditLog, text) },
		},
		{
			key: KeyAuditMinFree, form: "SIZE", def: "64MiB",
			usage:   "free space kept for recording changes",
			allowed: "a size up to 1TiB, such as 64MiB, or 0",
			put:     func(s *Settings, text string) error { return putSpace(&s.AuditMinFree, text) },
		},
		{
			key: KeyMetricsListen, form: "HOST:PORT",
			usage:   "serve metrics over TCP, too (default: the socket only)",
			allowed: `a loopback address with a port, such as 127.0.0.1:9642, or "" for none`,
			put:     func(s *Settings, text string) error { return putLoopback(&s.MetricsListen, text) },
		},
		{
			key: KeyCheckSocket, form: "PATH",
			usage:   "a Unix socket for gateways to check tokens over",
			allowed: `a path, or "" for none`,
			put:     func(s *Settings, text string) error { return putText(&s.CheckSocket, text) },
		},
		{
			key: KeyCheckSocketMode, form: "MODE", def: "0660",
			usage:   "permissions of that socket, in octal",
			allowed: "octal permissions from 0600 to 0777 that let the owner read and write, such as 0660",
			put:     func(s *Settings, text string) error { return putMode(&s.CheckSocketMode, text) },
		},
		{
			key: KeyCheckSocketGroup, form: "NAME",
			usage:   "that socket's group (default: the daemon's)",
			allowed: `the name or number of a group, or "" for the daemon's own`,
			put:     func(s *Settings, text string) error { return putText(&s.CheckSocketGroup, text) },
		},
		{
			key: KeyCheckListen, form: "HOST:PORT",
			usage:   "the same over TCP (default: not served)",
			allowed: `a loopback address with a port, such as 127.0.0.1:9643, or "" for none`,
			put:     func(s *Settings, text string) error { return putLoopback(&s.CheckListen, text) },
		},
		{
			key: KeySeenFile, form: "PATH",
			usage:   "last seen times (default: see sessiond help run)",
			allowed: `a path, or "" for the default`,
			put:     func(s *Settings, text string) error { return putPlace(&s.SeenFile, text) },
		},
		{
			key: KeyLicences, form: "N", def: "0",
			usage:   "how many sessions may be accepted; 0: unknown",
			allowed: "a number, such as 100, or 0 where nobody knows",
			put:     func(s *Settings, text string) error { return putCount(&s.Licences, text) },
		},
		{
			key: KeyNotifyURL, form: "URL",
			usage:   "have a 4D server follow (default: none)",
			allowed: `an address such as http://127.0.0.1/sessiond/, or "" for none`,
			put:     func(s *Settings, text string) error { return putURL(&s.NotifyURL, text) },
		},
		{
			key: KeyNotifySecretFile, form: "PATH",
			usage:   "file with the secret that 4D asks for",
			allowed: `a path, or "" for none`,
			put:     func(s *Settings, text string) error { return putPlace(&s.NotifySecretFile, text) },
		},
		{
			key: KeyNotifyInterval, form: "TIME", def: "10s",
			usage:   "least time between two notifications of 4D",
			allowed: "a time from 100ms to 1h, such as 10s",
			put:     func(s *Settings, text string) error { return putDuration(&s.NotifyInterval, text, isNotifyInterval) },
		},
		toggle(setting{
			key: KeyNotifyInsecure, def: Off,
			usage: "send the secret over http:// to other hosts",
		}, func(s *Settings) *bool { return &s.NotifyInsecure }),
	}
}

// toggle completes a setting that is on or off.
func toggle(row setting, field func(*Settings) *bool) setting {
	row.form, row.allowed = On+"|"+Off, On+" or "+Off
	row.put = func(s *Settings, text string) error {
		if text != On && text != Off {
			return fmt.Errorf("%q is not a valid value", text)
		}
		*field(s) = text == On
		return nil
	}
	return row
}

// choice completes a setting that has a few possible values.
func choice(row setting, field func(*Settings) *string, values ...string) setting {
	last := len(values) - 1
	row.form = strings.Join(values, "|")
	row.allowed = strings.Join(values[:last], ", ") + " or " + values[last]
	row.put = func(s *Settings, text string) error {
		if !slices.Contains(values, text) {
			return fmt.Errorf("%q is not a valid value", text)
		}
		*field(s) = text
		return nil
	}
	return row
}

// keys returns the keys of the table, in its order.
func keys() []string {
	var names []string
	for _, s := range table() {
		names = append(names, s.key)
	}
	return names
}

// value is a text that was given for a setting, and where.
type value struct {
	text, place string
}

// read puts v into s, or says why it cannot.
func (row setting) read(s *Settings, v value) error {
	if err := row.put(s, v.text); err != nil {
		return &Error{Key: row.key, Place: v.place, Value: v.text, Reason: err.Error(), Allowed: row.allowed}
	}
	return nil
}
