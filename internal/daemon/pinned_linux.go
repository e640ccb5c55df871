package daemon

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sessiond/internal/hang"
)

// mount is a line of /proc/self/mountinfo (proc_pid_mountinfo(5)).
type mount struct {
	id, parent int
	device     string
	root       string // the part of the file system that is mounted
	at         string
}

// linkPatience is how long a start waits for the links on the way to the root.
const linkPatience = time.Second

// pinnedMount returns where a part of the file system that a folder is on is mounted over
// itself, empty where none is. ReadWritePaths= and BindPaths= of systemd do so in the
// service's own view of mounts, with a folder that is no mount point. What is pinned so is
// not unmounted there when it is on the machine: the service would go on seeing the old
// files. The file system of / is never unmounted and does not count.
func pinnedMount(folder string) string {
	var target string
	err := hang.New[string](0, nil, nil).Do(folder, linkPatience, func(*hang.Call) {
		if resolved, err := filepath.EvalSymlinks(folder); err == nil {
			target = resolved
		} else {
			target = folder
		}
	})
	if err == nil { // else the file system hangs, and the path has to do as it is
		folder = target
	}
	file, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return ""
	}
	defer file.Close()
	return findPinned(file, folder)
}

func findPinned(mountinfo io.Reader, folder string) string {
	mounts := make(map[int]mount)
	var on mount // what the folder is on: the last of those that are mounted deepest
	lines := bufio.NewScanner(mountinfo)
	for lines.Scan() {
		m, ok := parseMount(lines.Text())
		if !ok {
			continue
		}
		mounts[m.id] = m
		if isWithin(folder, m.at) && len(m.at) >= len(on.at) {
			on = m
		}
	}
	below, ok := mounts[on.parent]
	if !ok || below.device != on.device || below.at == "/" {
		return ""
	}
	inside, err := filepath.Rel(below.at, on.at)
	if err != nil || filepath.Join(below.root, inside) != on.root {
		return ""
	}
	return on.at
}

func parseMount(line string) (mount, bool) {
	fields := strings.Fields(line)
	if len(fields) < 5 {
		return mount{}, false
	}
	id, err := strconv.Atoi(fields[0])
	if err != nil {
		return mount{}, false
	}
	parent, err := strconv.Atoi(fields[1])
	if err != nil {
		return mount{}, false
	}
	return mount{id: id, parent: parent, device: fields[2], root: unescape(fields[3]), at: unescape(fields[4])}, true
}

// unescape reads a path as the kernel writes it, with blanks and backslashes in octal.
func unescape(path string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(path)
}

// isWithin reports whether a path is a folder or below it.
func isWithin(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
}
