package cli

import (
	"github.com/spf13/cobra"

	"sessiond/internal/service"
)

// serviceName is what the operating system's service manager calls the daemon.
const serviceName = "sessiond"

func (a *app) service() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "service",
		Short: "Install and control the daemon as a system service",
		Long: `Installs the daemon with the operating system's service manager (systemd,
launchd, the Windows service control manager) and controls it there. This
usually takes the rights of an administrator. Where a package brought the
service, use the service manager's own commands instead.`,
		Annotations: exits(),
		Example: `  sudo sessiond service install --root /srv/4D/MobileApps
  sudo sessiond service start
  sessiond service status`,
		Args:                       missingVerb,
		RunE:                       missingVerb,
		SuggestionsMinimumDistance: 2,
	}
	cmd.AddCommand(
		a.serviceInstall(),
		a.serviceVerb("uninstall", "Stop and remove the service", "is removed", (*service.Manager).Uninstall),
		a.serviceVerb("start", "Start the service", "is started", (*service.Manager).Start),
		a.serviceVerb("stop", "Stop the service", "is stopped", (*service.Manager).Stop),
		a.serviceVerb("restart", "Stop the service and start it again", "is started again", (*service.Manager).Restart),
		a.serviceStatus(),
	)
	return cmd
}

// serviceVerb is a verb without flags that has the service manager do something.
func (a *app) serviceVerb(name, short, done string, do func(*service.Manager) error) *cobra.Command {
	return &cobra.Command{
		Use:         name,
		Short:       short,
		Long:        short + ".",
		Annotations: exits(),
		Example:     "  sudo sessiond service " + name,
		Args:        takesNothing,
		RunE: func(*cobra.Command, []string) error {
			manager, err := service.New(service.Spec{Name: serviceName})
			if err != nil {
				return err
			}
			if err := do(manager); err != nil {
				return err
			}
			a.tell("the service %s", done)
			return nil
		},
	}
}

// serviceState is the JSON document of service status.
type serviceState struct {
	Service string        `json:"service"`
	State   service.State `json:"state"`
}

func (a *app) serviceStatus() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show whether the service runs",
		Long: `Shows what the service manager says of the service: running, stopped or failed.
What the daemon itself has to say is in sessiond status.`,
		Annotations: exits(),
		Example: `  sessiond service status
  sessiond service status --output json | jq -r .state`,
		Args: takesNothing,
	}
	output := addOutput(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		manager, err := service.New(service.Spec{Name: serviceName})
		if err != nil {
			return err
		}
		state, err := manager.Status()
		if err != nil {
			return err
		}
		return a.show(*output, serviceState{serviceName, state}, func(p *page) error {
			tone := warn
			if state == service.Running {
				tone = good
			}
			p.line(plain.of("the service is "), tone.of("%s", state))
			return nil
		})
	}
	return cmd
}
