package watcher

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"github.com/fsnotify/fsnotify"
	"golang.org/x/sys/windows"

	"sessiond/internal/winpath"
)

// bufferSize is how many bytes of changes Windows keeps from one read to the next before
// it loses them all. An SMB server takes no more.
const bufferSize = 64 << 10

// reader reads the changes below a folder.
type reader struct {
	path    string
	dir     windows.Handle
	done    windows.Handle // signalled when a read has ended
	quit    windows.Handle // signalled when there shall be no other
	pending windows.Overlapped
	buffer  [bufferSize / 4]uint32 // aligned as Windows wants it

	stopped chan struct{}

	mu    sync.Mutex
	ended bool // the handles are closed
}

// openReader opens a folder for its changes, and keeps nobody from anything.
func openReader(path string) (*reader, error) {
	name, err := windows.UTF16PtrFromString(winpath.Extended(path))
	if err != nil {
		return nil, err
	}
	const (
		share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
		flags = windows.FILE_FLAG_BACKUP_SEMANTICS | windows.FILE_FLAG_OVERLAPPED
	)
	dir, err := windows.CreateFile(name, windows.FILE_LIST_DIRECTORY, share, nil, windows.OPEN_EXISTING, flags, 0)
	if err != nil {
		return nil, os.NewSyscallError("CreateFile", err)
	}
	r := &reader{path: path, dir: dir, stopped: make(chan struct{})}
	r.done, err = windows.CreateEvent(nil, 1, 0, nil)
	if err == nil {
		r.quit, err = windows.CreateEvent(nil, 1, 0, nil)
	}
	if err != nil {
		r.close()
		return nil, os.NewSyscallError("CreateEvent", err)
	}
	return r, nil
}

func (r *reader) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	for _, handle := range []windows.Handle{r.dir, r.done, r.quit} {
		if handle != 0 {
			_ = windows.CloseHandle(handle)
		}
	}
}

// stop has run end, and does not wait for it. It is called once.
func (r *reader) stop() error {
	close(r.stopped)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return nil
	}
	return os.NewSyscallError("SetEvent", windows.SetEvent(r.quit))
}

// run hands on changes until it is stopped, and returns nil, or until there will be no
// more: [fsnotify.ErrEventOverflow] where some were lost. It tells begun how the first read
// went, from which on no change is missed, and closes all handles at its end.
func (r *reader) run(begun chan<- error, events chan<- fsnotify.Event) error {
	defer r.close()
	runtime.LockOSThread() // a read ends with the thread that began it
	defer runtime.UnlockOSThread()
	err := r.begin()
	begun <- err
	for err == nil {
		var n uint32
		n, err = r.wait()
		if err != nil || !r.handOn(n, events) {
			break
		}
		err = r.begin()
	}
	select {
	case <-r.stopped:
		return nil
	default:
		return err
	}
}

// begin begins to read.
func (r *reader) begin() error {
	const changes = windows.FILE_NOTIFY_CHANGE_FILE_NAME | windows.FILE_NOTIFY_CHANGE_DIR_NAME |
		windows.FILE_NOTIFY_CHANGE_LAST_WRITE | windows.FILE_NOTIFY_CHANGE_SIZE
	r.pending = windows.Overlapped{HEvent: r.done}
	err := windows.ReadDirectoryChanges(r.dir, (*byte)(unsafe.Pointer(&r.buffer[0])), bufferSize, true, changes, nil, &r.pending, 0) //nolint:gosec // this is how it takes the buffer
	return os.NewSyscallError("ReadDirectoryChanges", err)
}

// wait returns how many bytes were read, once they were. Where the reader is stopped, no
// read is under way afterwards.
func (r *reader) wait() (n uint32, err error) {
	which, err := windows.WaitForMultipleObjects([]windows.Handle{r.done, r.quit}, false, windows.INFINITE)
	if err != nil || which != windows.WAIT_OBJECT_0 {
		_ = windows.CancelIoEx(r.dir, &r.pending) // it may have ended by now
	}
	err = errors.Join(err, windows.GetOverlappedResult(r.dir, &r.pending, &n, true))
	switch {
	case err == nil && n == 0, errors.Is(err, windows.ERROR_NOTIFY_ENUM_DIR):
		return 0, fsnotify.ErrEventOverflow
	case err != nil:
		return 0, os.NewSyscallError("ReadDirectoryChanges", err)
	}
	return n, nil
}

// handOn hands on what is in the buffer, and reports whether all was taken.
func (r *reader) handOn(n uint32, events chan<- fsnotify.Event) bool {
	for rest := unsafe.Slice((*byte)(unsafe.Pointer(&r.buffer[0])), n); ; { //nolint:gosec // as it was filled
		change := (*windows.FileNotifyInformation)(unsafe.Pointer(&rest[0])) //nolint:gosec // the same
		name := windows.UTF16ToString(unsafe.Slice(&change.FileName, change.FileNameLength/2))
		if event, of := r.event(name, change.Action); of {
			select {
			case events <- event:
			case <-r.stopped:
				return false
			}
		}
		if change.NextEntryOffset == 0 {
			return true
		}
		rest = rest[change.NextEntryOffset:]
	}
}

// event returns what a change is an event of. What lies deeper than files in folders is
// none. Where a name may be a short one, which stands for a longer one that is not known,
// the event is about the folder that has it.
func (r *reader) event(name string, action uint32) (event fsnotify.Event, of bool) {
	folder, file, _ := strings.Cut(name, `\`)
	switch {
	case strings.Contains(file, `\`):
		return fsnotify.Event{}, false
	case mayBeShort(folder):
		return fsnotify.Event{Name: r.path, Op: fsnotify.Create}, true
	case mayBeShort(file):
		return fsnotify.Event{Name: filepath.Join(r.path, folder), Op: fsnotify.Create}, true
	}
	event.Name = filepath.Join(r.path, name)
	switch action {
	case windows.FILE_ACTION_ADDED, windows.FILE_ACTION_RENAMED_NEW_NAME:
		event.Op = fsnotify.Create
	case windows.FILE_ACTION_REMOVED:
		event.Op = fsnotify.Remove
	case windows.FILE_ACTION_RENAMED_OLD_NAME:
		event.Op = fsnotify.Rename
	default:
		event.Op = fsnotify.Write
	}
	return event, true
}

// mayBeShort reports whether a name has the form of those of eight and three characters
// that Windows makes for longer ones.
func mayBeShort(name string) bool {
	base, extension, _ := strings.Cut(name, ".")
	return strings.Contains(base, "~") && len(base) <= 8 && len(extension) <= 3
}
