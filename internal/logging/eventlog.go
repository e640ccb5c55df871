package logging

import "go.uber.org/zap/zapcore"

// eventLogCore returns the core of a log that goes to the event log of Windows. That is for
// administrators: what happens to single sessions would bury the few lines they look for.
func eventLogCore(level zapcore.Level) core {
	return core{
		LevelEnabler: level,
		encode: func(entry zapcore.Entry, fields []zapcore.Field) (line, error) {
			return line{text: withStack(textOf(entry, fields), entry), priority: priorityOf(entry.Level)}, nil
		},
		keep: func(entry zapcore.Entry) bool {
			return entry.Level >= zapcore.WarnLevel || entry.LoggerName == Lifecycle
		},
	}
}
