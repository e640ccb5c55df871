package logging

import (
	"slices"

	"go.uber.org/zap/zapcore"
)

// encode makes a line of an entry.
type encode func(zapcore.Entry, []zapcore.Field) (line, error)

// core puts entries into the queue, as lines of one format.
type core struct {
	zapcore.LevelEnabler

	encode encode
	keep   func(zapcore.Entry) bool // nil for all
	with   []zapcore.Field
	queue  *queue
}

// With implements zapcore.Core.
func (c core) With(more []zapcore.Field) zapcore.Core {
	c.with = slices.Concat(c.with, more)
	return c
}

// Check implements zapcore.Core.
func (c core) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(entry.Level) && (c.keep == nil || c.keep(entry)) {
		return checked.AddCore(entry, c)
	}
	return checked
}

// Write implements zapcore.Core. It never waits for who reads the log.
func (c core) Write(entry zapcore.Entry, more []zapcore.Field) error {
	l, err := c.encode(entry, slices.Concat(c.with, more))
	if err != nil {
		return err
	}
	c.queue.put(l)
	return nil
}

// Sync implements zapcore.Core: it waits for what is queued, endLimit at most.
func (c core) Sync() error {
	c.queue.flush(endLimit)
	return nil
}
