//go:build !windows

package logging

import (
	"errors"

	"go.uber.org/zap/zapcore"
)

func newEventLog(zapcore.Level, string) (*Log, error) {
	return nil, errors.New("cannot log to the event log: only Windows has one")
}
