package cli

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sessiond/internal/config"
	"sessiond/internal/mobileapps"
	"sessiond/internal/service"
)

func (a *app) serviceInstall() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "install",
		Short: "Install the service",
		Long: `Installs the daemon as a service that starts with the system. It takes the
settings of run, from flags and environment, and writes them into the
service's definition; a settings file is read again at each start. It does not
start the service.

Under systemd it also writes the unit of the socket, which waits for the
daemon while that restarts, and makes the user and the group sessiond and the
group sessiond-admin, where they are missing. The user must be able to read
the root, and a warning says which folder it may not pass: see
docs/OPERATIONS.md.

With --follow it needs no root. With that or --publish, the unit waits for the
network, and may connect to the servers that are named.`,
		Annotations: exits(),
		Example: `  sudo sessiond service install --root /srv/4D/MobileApps
  sudo sessiond service install --root /srv/4D/MobileApps \
    --admin-group sessiond-admin
  sudo sessiond service install --root /srv/4D/MobileApps --admit follow
  sudo sessiond service install --follow tls://192.0.2.1:4222 \
    --replica-nkey /etc/sessiond/south.nk --replica-ca /etc/sessiond/ca.pem`,
		Args: takesNothing,
	}
	a.addSettings(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		settings, err := a.settings(cmd)
		if err != nil {
			return err
		}
		if len(settings.Follow) == 0 {
			if err := isFolder(settings.Root); err != nil {
				return fmt.Errorf("cannot install the service: %w", err)
			}
		}
		spec, err := a.spec(cmd.Flags(), settings)
		if err != nil {
			return fmt.Errorf("cannot install the service: %w", err)
		}
		manager, err := service.New(spec)
		if err != nil {
			return err
		}
		if err := manager.Install(); err != nil {
			return err
		}
		manager.AsUser(func(user string) { a.warnOf(&settings, user) })
		if slices.Contains(spec.Network, anyAddress) {
			a.tell("note: the servers have names, so that the service may connect to any address: see docs/CLUSTER.md")
		}
		a.tell("the service is installed; start it with: sessiond service start")
		return nil
	}
	return cmd
}

// warnOf says what the service's user may not read.
func (a *app) warnOf(settings *config.Settings, user string) {
	if settings.Root != "" {
		if closed, found := mobileapps.FirstClosed(settings.Root); found {
			a.tell("warning: %s: no session can be loaded until it may, see Permissions in docs/OPERATIONS.md", closed.Denies(user))
		}
	}
	r := settings.Replica
	for _, path := range []string{r.ReplicaCreds, r.ReplicaNKey, r.ReplicaCA, r.ReplicaCert, r.ReplicaKey} {
		if path == "" {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			a.tell("warning: user %s: %v: the service cannot start until it may read it, see docs/CLUSTER.md", user, err)
			continue
		}
		_ = f.Close() // nothing was written
	}
}

// anyAddress lets a service connect to all.
const anyAddress = "any"

// network returns the addresses outside the machine that a daemon connects to, as
// systemd's IPAddressAllow= has them. It resolves no names: addresses change.
func network(servers []string) []string {
	var allowed []string
	for _, server := range servers {
		u, err := url.Parse(server)
		if err != nil {
			continue // settings hold none of these
		}
		ip := net.ParseIP(u.Hostname())
		switch {
		case u.Hostname() == "localhost", ip != nil && ip.IsLoopback():
		case ip == nil:
			return []string{anyAddress}
		default:
			allowed = append(allowed, ip.String())
		}
	}
	return allowed
}

// spec says how the service manager runs the daemon: with the settings that were
// given here, and a reload that asks the same socket.
func (a *app) spec(flags *pflag.FlagSet, settings config.Settings) (service.Spec, error) {
	executable, err := os.Executable()
	if err != nil {
		return service.Spec{}, err
	}
	spec := service.Spec{
		Name:       serviceName,
		Executable: executable,
		Run:        []string{"run"},
		Reload:     []string{"refresh", "--allow-rejected"},
		Network:    network(append(settings.Publish, settings.Follow...)),

		Root:        settings.Root,
		SocketMode:  settings.SocketMode,
		SocketGroup: settings.SocketGroup,
	}
	if settings.Socket != "" {
		spec.Socket, err = filepath.Abs(settings.Socket)
		if err != nil {
			return service.Spec{}, err
		}
	}
	_, rootGiven := a.given(flags.Lookup(config.KeyRoot))
	flags.VisitAll(func(f *pflag.Flag) {
		value, given := a.given(f)
		if !given || err != nil {
			return
		}
		switch f.Name {
		case config.KeyRoot:
			value = settings.Root
		case config.KeySocket, config.KeyConfig, config.KeyReplicaCreds, config.KeyReplicaNKey,
			config.KeyReplicaCA, config.KeyReplicaCert, config.KeyReplicaKey:
			value, err = filepath.Abs(value)
		}
		arg := "--" + f.Name + "=" + value
		spec.Run = append(spec.Run, arg)
		spec.NamesConfig = spec.NamesConfig || f.Name == config.KeyConfig
		// The root may be another than the settings file's, and a client that is
		// given that file refuses to ask a daemon with another root.
		if f.Name == config.KeyConfig && !rootGiven {
			spec.Reload = append(spec.Reload, arg)
		}
	})
	if len(settings.Follow) > 0 {
		spec.Reload = nil
	} else if spec.Socket != "" {
		spec.Reload = append(spec.Reload, "--"+config.KeySocket+"="+spec.Socket)
	}
	return spec, err
}

// given returns what the command line, or else the environment, gives for a
// setting. The service will have an environment of its own.
func (a *app) given(f *pflag.Flag) (value string, given bool) {
	if f.Changed {
		return f.Value.String(), true
	}
	value, _ = a.lookupEnv(config.EnvName(f.Name))
	return value, value != ""
}
