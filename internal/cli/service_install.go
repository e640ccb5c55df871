package cli

import (
	"fmt"
	"os"
	"path/filepath"

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
docs/OPERATIONS.md.`,
		Annotations: exits(),
		Example: `  sudo sessiond service install --root /srv/4D/MobileApps
  sudo sessiond service install --root /srv/4D/MobileApps \
    --admin-group sessiond-admin
  sudo sessiond service install --root /srv/4D/MobileApps --admit follow`,
		Args: takesNothing,
	}
	a.addSettings(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		settings, err := a.settings(cmd)
		if err != nil {
			return err
		}
		if err := isFolder(settings.Root); err != nil {
			return fmt.Errorf("cannot install the service: %w", err)
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
		manager.AsUser(func(user string) {
			if closed, found := mobileapps.FirstClosed(settings.Root); found {
				a.tell("warning: %s: no session can be loaded until it may, see Permissions in docs/OPERATIONS.md", closed.Denies(user))
			}
		})
		a.tell("the service is installed; start it with: sessiond service start")
		return nil
	}
	return cmd
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
		case config.KeySocket, config.KeyConfig:
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
	if spec.Socket != "" {
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
