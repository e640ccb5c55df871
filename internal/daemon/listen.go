package daemon

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"go.uber.org/zap"

	"sessiond/internal/config"
	"sessiond/internal/control/socket"
	"sessiond/internal/socketpath"
)

// listenControl takes the control socket: the one that the service manager opened, or
// else the one that the settings name, or else the default one.
func listenControl(file *os.File, s config.Settings, log *zap.Logger) (socket.Listener, error) {
	wanted := socket.Config{Path: s.Socket, Mode: s.SocketMode, Group: s.SocketGroup}
	keys := socketKeys{config.KeySocket, config.KeySocketGroup}
	if file != nil {
		return adopt(file, wanted, keys, log)
	}
	if wanted.Path == "" {
		wanted.Path = socketpath.ForRun(os.Getuid(), os.LookupEnv)
	}
	return listen(wanted, keys, s.Places)
}

// socketKeys are the settings of a socket.
type socketKeys struct{ path, group string }

// listen makes the socket that the settings name.
func listen(wanted socket.Config, keys socketKeys, places map[string]string) (socket.Listener, error) {
	listener, err := socket.Listen(wanted)
	switch {
	case errors.Is(err, socket.ErrPath):
		return nil, &config.Error{Key: keys.path, Value: wanted.Path, Reason: err.Error(), Allowed: "the path of a file"}
	case errors.Is(err, socket.ErrGroup):
		return nil, &config.Error{
			Key: keys.group, Place: places[keys.group], Value: wanted.Group,
			Reason: err.Error(), Allowed: "the name or the number of a group", State: true,
		}
	}
	return listener, err
}

// adopt takes the service manager's socket. What the settings say of it is then
// for the service manager to do; that it was not is worth a line.
func adopt(file *os.File, wanted socket.Config, keys socketKeys, log *zap.Logger) (socket.Listener, error) {
	listener, err := socket.Adopt(file, wanted)
	if errors.Is(err, socket.ErrOther) {
		return nil, &config.Error{
			Key: keys.path, Value: wanted.Path, Reason: err.Error(),
			Allowed: "none, or what ListenStream= says in the unit of the socket", State: true,
		}
	}
	if err != nil {
		return nil, err
	}
	if difference := listener.Differs(wanted); difference != "" {
		log.Warn("the service manager opened the socket otherwise than the settings say; SocketMode= and SocketGroup= in the unit of the socket decide",
			zap.String("socket", listener.Addr().String()), zap.String("difference", difference))
	}
	return listener, nil
}

// listenMonitor takes the TCP address for the metrics, or returns nil where the
// settings name none.
func listenMonitor(s config.Settings) (net.Listener, error) {
	if s.MetricsListen == "" {
		return nil, nil //nolint:nilnil // no address is a valid setting
	}
	ln, err := socket.ListenLoopback(s.MetricsListen)
	if err != nil {
		return nil, fmt.Errorf("cannot serve metrics as setting %s says: %w", config.KeyMetricsListen, err)
	}
	return ln, nil
}

// socketCheck is how often the daemon looks whether the file of its socket is still
// there. No setting turns this off as it does the timers of passes: without the file
// nobody can ask the daemon for anything.
const socketCheck = 2 * time.Second

// keepSocket makes the file of a socket again whenever somebody has removed it,
// until ctx ends.
func (f *front) keepSocket(ctx context.Context, listener socket.Listener) {
	check := time.NewTicker(socketCheck)
	defer check.Stop()
	var failed error
	for {
		select {
		case <-ctx.Done():
			return
		case <-check.C:
			failed = f.restoreSocket(listener, failed)
		}
	}
}

// restoreSocket looks after a socket once. It returns what went wrong, and says so
// unless that is what went wrong before.
func (f *front) restoreSocket(listener socket.Listener, before error) error {
	made, err := listener.Restore()
	at := zap.String("socket", listener.Addr().String())
	switch {
	case err != nil:
		if before == nil || before.Error() != err.Error() {
			f.log.Error("the socket was removed and cannot be made again, so clients may not reach the daemon; it is tried again", at, zap.Error(err))
		}
	case made:
		f.log.Warn("the socket was removed; it was made again", at)
	case before != nil:
		f.log.Info("the socket is as it was", at)
	}
	return err
}
