package service

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc/mgr"

	"sessiond/internal/programdata"
)

// setRecovery has the control manager start the service again when it fails: when its process
// ends, and when the daemon ends with an error. The last of the pauses is that of all
// further attempts, and a day without a failure begins again with the first.
func (m *Manager) setRecovery() (err error) {
	const day = 24 * 60 * 60 // in seconds
	manager, err := mgr.Connect()
	if err != nil {
		return err
	}
	defer func() { _ = manager.Disconnect() }()
	service, err := manager.OpenService(m.spec.Name)
	if err != nil {
		return err
	}
	defer func() { _ = service.Close() }()
	err = service.SetRecoveryActions([]mgr.RecoveryAction{
		{Type: mgr.ServiceRestart, Delay: 2 * time.Second},
		{Type: mgr.ServiceRestart, Delay: 15 * time.Second},
		{Type: mgr.ServiceRestart, Delay: 2 * time.Minute},
	}, day)
	if err == nil {
		err = service.SetRecoveryActionsOnNonCrashFailures(true)
	}
	if errors.Is(err, windows.ERROR_INVALID_LEVEL) { // wine's manager has no such flag
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot say what is done after a failure: %w", err)
	}
	return nil
}

// ensureFolder makes the folder in which the service looks for its settings file,
// so that an administrator can write one before the first start.
func ensureFolder() error { return programdata.Ensure() }

// removeFolder removes that folder, unless something is kept there.
func removeFolder() { _ = os.Remove(programdata.Folder()) }
