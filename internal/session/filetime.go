package session

import (
	"fmt"
	"time"
)

// FileTime is a time stamp of a file, by the file system's clock: nanoseconds since
// 1970. As text it is in RFC 3339. The zero FileTime is none.
type FileTime int64

// Time returns the time.
func (t FileTime) Time() time.Time { return time.Unix(0, int64(t)).UTC() }

// MarshalText implements [encoding.TextMarshaler].
func (t FileTime) MarshalText() ([]byte, error) {
	return t.Time().AppendFormat(nil, time.RFC3339Nano), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (t *FileTime) UnmarshalText(text []byte) error {
	at, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil {
		return fmt.Errorf("cannot read a time stamp: %w", err)
	}
	*t = FileTime(at.UnixNano())
	return nil
}
