package daemon

import (
	"errors"
	"os"

	"sessiond/internal/access"
	"sessiond/internal/api"
	"sessiond/internal/config"
	"sessiond/internal/edit"
)

// newPolicy says who is an administrator, as the settings have it.
func newPolicy(s config.Settings) (access.Policy, error) {
	policy, err := access.NewPolicy(s.AdminGroup, s.AdminSelf, os.Geteuid())
	if errors.Is(err, access.ErrGroup) {
		return access.Policy{}, &config.Error{
			Key: config.KeyAdminGroup, Place: s.Places[config.KeyAdminGroup], Value: s.AdminGroup,
			Reason: err.Error(), Allowed: `the name or the number of a group, or "" for none`, State: true,
		}
	}
	return policy, err
}

// writing says whether and how session files are changed.
func (d *Daemon) writing() api.Write {
	if !d.settings.Write {
		return api.Write{Reason: "the daemon runs with --write off"}
	}
	if err := d.admin.Fault(); err != nil {
		return api.Write{Enabled: true, Reason: err.Error()}
	}
	return api.Write{Enabled: true, Method: edit.Method()}
}
