package daemon

import (
	"errors"
	"os"

	"go.uber.org/zap"

	"sessiond/internal/config"
	"sessiond/internal/control"
	"sessiond/internal/service"
	"sessiond/internal/socketpath"
)

// listen takes the socket that the service manager opened, or else the one that
// the settings name, or else the default one.
func listen(s config.Settings, log *zap.Logger) (*control.Listener, error) {
	wanted := control.Socket{Path: s.Socket, Mode: s.SocketMode, Group: s.SocketGroup}
	file, err := service.Socket()
	if err != nil {
		return nil, err
	}
	if file != nil {
		return adopt(file, wanted, log)
	}
	if wanted.Path == "" {
		wanted.Path = socketpath.ForRun(os.Getuid(), os.LookupEnv)
	}
	listener, err := control.Listen(wanted)
	switch {
	case errors.Is(err, control.ErrPath):
		return nil, &config.Error{Key: config.KeySocket, Value: wanted.Path, Reason: err.Error(), Allowed: "the path of a file"}
	case errors.Is(err, control.ErrGroup):
		return nil, &config.Error{Key: config.KeySocketGroup, Value: s.SocketGroup, Reason: err.Error(), Allowed: "the name or the number of a group", State: true}
	}
	return listener, err
}

// adopt takes the service manager's socket. What the settings say of it is then
// for the service manager to do; that it was not is worth a line.
func adopt(file *os.File, wanted control.Socket, log *zap.Logger) (*control.Listener, error) {
	listener, err := control.Adopt(file, wanted)
	if errors.Is(err, control.ErrOther) {
		return nil, &config.Error{
			Key: config.KeySocket, Value: wanted.Path, Reason: err.Error(),
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
