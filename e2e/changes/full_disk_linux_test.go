//go:build root

package changes

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/sys/unix"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/session"
)

const diskFiles = 2500

// A disk that is full in the middle of many changes: the disk of the files, of the audit or of
// the trash. Each session is either changed or told as not changed and as it was, memory
// included. Once there is space, the same request does what is left.
func TestFullDiskInTheMiddle(t *testing.T) {
	for name, c := range map[string]struct {
		asked api.Changes
		move  func(p *places, disk string) // to the small disk
		room  int64                        // that it has: enough for some
		kind  api.Kind
	}{
		"of the files":         {hold(), func(p *places, disk string) { p.root = filepath.Join(disk, "MobileApps") }, 600 * 4096, api.KindNoSpace},
		"of files, deletion":   {api.Changes{Delete: true}, func(p *places, disk string) { p.root = filepath.Join(disk, "MobileApps") }, 0, ""},
		"of the audit":         {hold(), func(p *places, disk string) { p.audit = filepath.Join(disk, "audit.jsonl") }, 1 << 20, api.KindNotAudited},
		"of the trash":         {api.Changes{Delete: true}, func(p *places, disk string) { p.trash = filepath.Join(disk, "trash") }, 600 * 4096, api.KindNoSpace},
		"of the audit, delete": {api.Changes{Delete: true}, func(p *places, disk string) { p.audit = filepath.Join(disk, "audit.jsonl") }, 1 << 20, api.KindNotAudited},
	} {
		t.Run(name, func(t *testing.T) {
			harness.PrivateMounts(t)
			disk := filepath.Join(t.TempDir(), "disk")
			harness.MountMemory(t, disk, "size=32M")
			p := newPlaces(harness.RoomyFolder(t))
			c.move(&p, disk)
			harness.Fill(t, p.root, app, diskFiles)
			d := harness.Launch(t, p.root, p.args()...)
			request := showAll(t, d, c.asked)
			filler := filepath.Join(disk, "filler")
			fill(t, filler, c.room)

			failed := p.change(t, d, request, c.kind)
			if (len(failed) > 0) != (c.kind != "") || len(failed) == diskFiles {
				t.Errorf("%d of %d were not changed", len(failed), diskFiles)
			}
			p.isDone(t, d, request, diskFiles-len(failed))

			harness.Must(t, os.Remove(filler))
			if request.Sessions = failed; len(failed) > 0 {
				p.change(t, d, request, "")
			}
			p.isDone(t, d, request, diskFiles)
			text, err := os.ReadFile(p.audit)
			harness.Must(t, err)
			for line := range bytes.Lines(text) {
				if !jsontext.Value(line).IsValid() {
					t.Errorf("the audit has the line %s", line)
				}
			}
		})
	}
}

// change makes changes, holds each line against the file, and returns what failed, for the
// reason that is to be.
func (p places) change(t *testing.T, d *harness.Daemon, request api.Changes, kind api.Kind) (failed []api.ChangeItem) {
	t.Helper()
	was := make(map[session.Key]api.ChangeItem, len(request.Sessions))
	for _, item := range request.Sessions {
		was[item.Session] = item
	}
	_, err := d.MakeChanges(t.Context(), request, func(line api.ChangeResult) {
		data, err := os.ReadFile(harness.FileOf(p.root, line.Session))
		is := session.DigestOf(data).String()
		item := was[line.Session]
		delete(was, line.Session)
		switch {
		case line.Problem != nil:
			failed = append(failed, item)
			if line.Problem.Type != kind || err != nil || is != item.ETag {
				t.Errorf("%q is %s, %v, told: %+v", line.Session, data, err, line.Problem)
			}
		case request.Delete:
			if _, kept := os.Stat(filepath.Join(p.trash, line.Trash)); line.Trash == "" || err == nil || kept != nil {
				t.Errorf("%q is there (%v) or not in the trash: %v", line.Session, err, kept)
			}
		case err != nil || is != line.ETag || !line.Changed || !strings.Contains(string(data), session.StatusPending):
			t.Errorf("%q is %s, %v, told: %+v", line.Session, data, err, line)
		}
	})
	harness.Must(t, err)
	if len(was) > 0 {
		t.Errorf("%d were not told of", len(was))
	}
	return failed
}

// isDone waits until so many sessions are changed or deleted in memory, and nothing is left to
// be put in order.
func (p places) isDone(t *testing.T, d *harness.Daemon, request api.Changes, changed int) {
	t.Helper()
	leavesNothing(t, p.root)
	all := d.Reach(t, "at rest", func(s *api.Status) bool { return !s.Busy })
	if request.Delete && all.Sessions != diskFiles-changed || !request.Delete && all.Pending != changed {
		t.Errorf("%d sessions are in memory, %d of them pending; %d are changed", all.Sessions, all.Pending, changed)
	}
}

// fill fills a file system, but for some bytes.
func fill(t *testing.T, path string, room int64) {
	t.Helper()
	file, err := os.Create(path)
	harness.Must(t, err)
	defer file.Close()
	piece := make([]byte, 64<<10)
	for err == nil {
		_, err = file.Write(piece)
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
	size, err := file.Seek(0, io.SeekCurrent)
	harness.Must(t, err)
	harness.Must(t, file.Truncate(size-room))
}
