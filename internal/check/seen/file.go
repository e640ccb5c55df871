package seen

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/internal/session"
)

// header is the first line of the file. The times follow it: of each session its hash, and
// the minutes when it was last seen and was last in memory, in big-endian order.
type header struct {
	Format  string    `json:"format"`
	Version int       `json:"version"`
	Since   time.Time `json:"since"`
	Saved   time.Time `json:"saved"`
	Digest  string    `json:"digest"` // of all that follows
}

const (
	formatName    = "sessiond-seen"
	formatVersion = 1

	entryBytes = 8 + 4 + 4
)

// saved are times as they are in the file.
type saved struct {
	since, at time.Time
	times     []byte
}

// encode returns the first line of a file.
func encode(s saved) ([]byte, error) {
	digest := session.DigestOf(s.times)
	line, err := json.Marshal(header{
		Format: formatName, Version: formatVersion, Since: s.since, Saved: s.at, Digest: hex.EncodeToString(digest[:]),
	})
	if err != nil {
		return nil, fmt.Errorf("cannot write when they were collected: %w", err)
	}
	return append(line, '\n'), nil
}

// decode reads the content of a file.
func decode(data []byte) (saved, error) {
	line, times, _ := bytes.Cut(data, []byte("\n"))
	var h header
	// A newer version may have other members: nothing but its number counts then.
	var version struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	switch err := json.Unmarshal(line, &version); {
	case err != nil || version.Format != formatName || version.Version < 1:
		return saved{}, errors.New("it is no file of last seen times")
	case version.Version > formatVersion:
		return saved{}, fmt.Errorf("a newer version of sessiond wrote it (format %d)", version.Version)
	}
	if err := json.Unmarshal(line, &h); err != nil {
		return saved{}, errors.New("its first line is damaged")
	}
	digest := session.DigestOf(times)
	if hex.EncodeToString(digest[:]) != h.Digest || len(times)%entryBytes != 0 {
		return saved{}, errors.New("it is damaged: its content has another digest")
	}
	return saved{since: h.Since, at: h.Saved, times: times}, nil
}

// all returns the times as they are written to the file.
func (t *Times) all() []byte {
	var to []byte
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		if i == 0 { // hashes share the sessions evenly
			to = make([]byte, 0, (len(s.times)+len(s.times)/16+16)*len(t.shards)*entryBytes)
		}
		for hash, e := range s.times {
			to = binary.BigEndian.AppendUint64(to, hash)
			to = binary.BigEndian.AppendUint32(to, e.seen)
			to = binary.BigEndian.AppendUint32(to, e.there)
		}
		s.mu.Unlock()
	}
	return to
}

// maxGap is for how long times may not have been collected, at most, without the
// collection beginning again. Who was not seen may have been there meanwhile.
const maxGap = day

// take takes over the times of a file. What lies in the future is now.
func (t *Times) take(s saved) {
	now := time.Now()
	gap := max(0, now.Sub(s.at))
	if t.since = s.since; gap > maxGap || s.since.After(now) {
		t.since = now.UTC()
	}
	for at := s.times; len(at) > 0; at = at[entryBytes:] {
		hash := binary.BigEndian.Uint64(at)
		e := entry{seen: binary.BigEndian.Uint32(at[8:]), there: binary.BigEndian.Uint32(at[12:])}
		e.seen = min(e.seen, minuteOf(now))
		// While the daemon was away nobody knows who was absent.
		e.there = min(minuteOf(timeOf(e.there).Add(gap)), minuteOf(now))
		t.shardOf(hash).times[hash] = e
	}
}
