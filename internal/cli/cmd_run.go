package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"sessiond/internal/config"
	"sessiond/internal/daemon"
	"sessiond/internal/logging"
	"sessiond/internal/service"
)

func (a *app) run() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Run the daemon in the foreground",
		Long: `Runs the daemon in the foreground, until SIGTERM or SIGINT. It loads the
sessions from their files, watches the files, and serves the socket that the
other commands ask. SIGHUP makes it check every file, as refresh does.

A root that is not there yet is waited for; one that is a file is refused.

The socket is at --socket, else /run/sessiond/sessiond.sock for root and for
services, else $XDG_RUNTIME_DIR/sessiond.sock, else sessiond-UID/sessiond.sock
in the temporary folder. On Windows it is the named pipe \\.\pipe\sessiond;
--socket takes the name of another pipe, or the path of a Unix socket.

With --write on, administrators may change files. Deleted ones go to
--trash-dir, and changes are recorded in --audit-log: without these, in
systemd's folders ($STATE_DIRECTORY/trash, $LOGS_DIRECTORY/audit.jsonl),
else in /var/lib/sessiond and /var/log/sessiond for root, else in
$XDG_STATE_HOME/sessiond. What cannot be recorded is not changed.

Where gateways have tokens checked, it is kept in --seen-file when sessions were
last seen, else in $STATE_DIRECTORY/seen or the folder of the trash.

With --publish, daemons on other machines can show the same sessions. There,
--follow takes the place of --root: such a daemon has no files, and SIGHUP makes
it connect again. docs/CLUSTER.md has the servers, their rights and what to do.

Each setting can be a flag, an environment variable (--log-level is
SESSIOND_LOG_LEVEL) or a line of the YAML file (log-level: info), in this
order.

The log goes to standard error: for people on a terminal, with fields of their
own to systemd's journal, otherwise as JSON.`,
		Annotations: exits(),
		Example: `  sessiond run --root /srv/4D/MobileApps
  sessiond run --root /srv/4D/MobileApps --admit follow --log-level debug
  sessiond run --follow nats://127.0.0.1:4222 --replica-node south
  SESSIOND_ROOT=/srv/4D/MobileApps sessiond run --config config.yaml`,
		Args: takesRootAsFlag,
	}
	a.addSettings(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return service.Run(serviceName, func(ctx context.Context, host service.Host) error {
			return a.runDaemon(ctx, cmd, host)
		})
	}
	return cmd
}

// runDaemon runs the daemon until ctx ends.
func (a *app) runDaemon(ctx context.Context, cmd *cobra.Command, host service.Host) (err error) {
	settings, err := a.settings(cmd)
	if err != nil {
		return err
	}
	if settings.Root != "" {
		if err := checkRoot(settings.Root); err != nil {
			return err
		}
	}
	log, err := logging.New(logging.Options{
		Level:    settings.LogLevel,
		Format:   settings.LogFormat,
		Out:      a.Err,
		Color:    wantsColour(a.Err, a.lookupEnv),
		EventLog: host.EventLog,
	})
	if err != nil {
		return err
	}
	defer func() {
		if !log.End() && err != nil {
			err = told{err} // nobody takes what is written to standard error
		}
	}()
	if len(settings.Ignored) > 0 {
		log.Warn("passed over environment variables that Kubernetes sets for a service of this name", zap.Strings("variables", settings.Ignored))
	}
	run, err := newDaemon(daemon.Options{
		Settings: settings, Version: a.build().Version, Log: log.Logger, LostLines: log.Lost, Reload: host.Reload,
	})
	if err != nil {
		return byFlag(cmd, err)
	}
	host.Started()
	return byFlag(cmd, run(ctx))
}

// newDaemon returns what runs a daemon with files of its own, or one that follows another.
func newDaemon(opts daemon.Options) (run func(context.Context) error, err error) {
	if len(opts.Settings.Follow) > 0 {
		f, err := daemon.NewFollower(opts)
		if err != nil {
			return nil, err
		}
		return f.Run, nil
	}
	d, err := daemon.New(opts)
	if err != nil {
		return nil, err
	}
	return d.Run, nil
}

// byFlag makes wrong usage of a setting that the daemon cannot use as it is written,
// where the command line wrote it. The daemon knows only its value.
func byFlag(cmd *cobra.Command, err error) error {
	if wrong, ok := errors.AsType[*config.Error](err); ok && !wrong.State && cmd.Flags().Changed(wrong.Key) {
		return misused(cmd, "%s", err)
	}
	return err
}

// takesRootAsFlag is the check of run, which is easily given its root as other
// programs take a folder.
func takesRootAsFlag(cmd *cobra.Command, args []string) error {
	if err := takesNothing(cmd, args); err != nil {
		return misused(cmd, "%s; did you mean --%s DIR?", err, config.KeyRoot)
	}
	return nil
}

// addSettings gives a verb the flags of all settings.
func (a *app) addSettings(cmd *cobra.Command) {
	a.config.AddFlags(cmd.Flags())
	completeSocket(cmd)
	offer(cmd, config.KeyAdmit, config.AdmitRestore, config.AdmitFollow)
	offer(cmd, config.KeyWatch, config.WatchAuto, config.WatchEvents, config.WatchPoll, config.WatchOff)
	offer(cmd, config.KeyAdminSelf, config.On, config.Off)
	offer(cmd, config.KeyWrite, config.On, config.Off)
	offer(cmd, config.KeyReplicaInsecure, config.On, config.Off)
	offer(cmd, config.KeyReplicaStorage, config.StorageFile, config.StorageMemory)
	offer(cmd, config.KeyReplicaCopies, "1", "3", "5")
	for _, key := range []string{
		config.KeyPublish, config.KeyFollow, config.KeyReplicaName, config.KeyReplicaNode, config.KeyReplicaMaxBytes,
		config.KeyBeat, config.KeyStaleAfter, config.KeyStaleLimit,
	} {
		offer(cmd, key)
	}
	offer(cmd, config.KeyOnStale, config.OnStaleRefuse, config.OnStaleServe)
	offer(cmd, config.KeyLogLevel, config.LogLevelDebug, config.LogLevelInfo, config.LogLevelWarn, config.LogLevelError)
	offer(cmd, config.KeyLogFormat, config.LogFormatAuto, config.LogFormatJSON, config.LogFormatConsole)
}

// settings returns the settings of a daemon, which must have a root.
func (a *app) settings(cmd *cobra.Command) (config.Settings, error) {
	settings, err := a.config.Load(cmd.Flags(), a.Environ)
	if err != nil {
		return config.Settings{}, err
	}
	return settings, settings.RequireRoot()
}
