package trash

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/internal/edit"
	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// header is the first line of a file in the trash.
type header struct {
	Format     string                `json:"format"`
	Version    int                   `json:"version"`
	Session    session.Key           `json:"session"`
	Digest     string                `json:"digest"`
	Attributes mobileapps.Attributes `json:"attributes"`
	Modified   time.Time             `json:"modified"`
	RemovedAt  time.Time             `json:"removedAt"`
	Reason     edit.Reason           `json:"reason"`
	// What lists show, so that they need not read the rest.
	Email  string `json:"email,omitempty"`
	Device string `json:"device,omitempty"`
	Status string `json:"status,omitempty"`
}

const (
	formatName    = "sessiond-trash"
	formatVersion = 1
)

// encode returns the first line of the file that keeps a deleted one.
func encode(r edit.Removed) ([]byte, error) {
	h := header{
		Format: formatName, Version: formatVersion,
		Session: r.Key, Digest: hex.EncodeToString(r.Digest[:]), Attributes: r.Attributes,
		Modified: r.Modified, RemovedAt: r.RemovedAt, Reason: r.Reason,
	}
	var shown struct {
		Email  any `json:"email"`
		Status any `json:"status"`
		Device struct {
			Description any `json:"description"`
		} `json:"device"`
	}
	// Of a broken file, and of members of another type, lists show nothing.
	if json.Unmarshal(bytes.TrimPrefix(r.Data, []byte("\ufeff")), &shown) == nil {
		h.Email, _ = shown.Email.(string)
		h.Status, _ = shown.Status.(string)
		h.Device, _ = shown.Device.Description.(string)
	}
	line, err := json.Marshal(h)
	return append(line, '\n'), err
}

func parseHeader(line []byte) (header, error) {
	var h header
	switch err := json.Unmarshal(line, &h); {
	case err != nil || h.Format != formatName:
		return header{}, errors.New("it is no file of the trash")
	case h.Version > formatVersion:
		return header{}, fmt.Errorf("a newer version of sessiond wrote it (format %d)", h.Version)
	}
	return h, nil
}

// decode returns the deleted file that a file in the trash keeps.
func decode(data []byte) (edit.Removed, error) {
	line, content, _ := bytes.Cut(data, []byte("\n"))
	h, err := parseHeader(line)
	if err != nil {
		return edit.Removed{}, err
	}
	digest := session.DigestOf(content)
	if hex.EncodeToString(digest[:]) != h.Digest {
		return edit.Removed{}, errors.New("it is damaged: its content has another digest")
	}
	return edit.Removed{
		Key: h.Session, Data: content, Digest: digest, Attributes: h.Attributes,
		Modified: h.Modified, RemovedAt: h.RemovedAt, Reason: h.Reason,
	}, nil
}

// look returns what the first line of a file in the trash says.
func (t *Trash) look(id string) (Item, error) {
	f, err := os.Open(filepath.Join(t.dir, id))
	if err != nil {
		return Item{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Item{}, err
	}
	line, err := bufio.NewReader(f).ReadBytes('\n')
	if err != nil {
		return Item{}, err
	}
	h, err := parseHeader(line)
	if err != nil {
		return Item{}, err
	}
	return Item{
		ID: id, Key: h.Session, RemovedAt: h.RemovedAt, Until: h.RemovedAt.Add(t.keep), Reason: h.Reason,
		Email: h.Email, Device: h.Device, Status: h.Status, Size: info.Size() - int64(len(line)),
	}, nil
}
