package refresh_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"sessiond/internal/session"
)

// What an editor does to many files at once, and to mounts.

const settleMany = 10 * time.Second

func drawSettleMany(t *rapid.T) time.Duration {
	return rapid.SampledFrom([]time.Duration{settleMany, settleMany, 0}).Draw(t, "settle many")
}

func drawTrigger(t *rapid.T) session.Trigger {
	return rapid.SampledFrom([]session.Trigger{
		session.TriggerSignal, session.TriggerSocket, session.TriggerWatch, session.TriggerPoll, session.TriggerResync,
	}).Draw(t, "trigger")
}

// begin makes what is there before the first pass: sometimes many files, sometimes
// mounts and a link.
func (e *editor) begin(t *rapid.T) {
	if rapid.Bool().Draw(t, "through a link") {
		e.tree.link()
	}
	if rapid.IntRange(0, 2).Draw(t, "many") > 0 {
		e.fill(t)
	}
	if on := rapid.SampledFrom(append([]string{"nothing"}, mountPaths...)).Draw(t, "on a disk"); on != "nothing" {
		e.moveToDisk(on, 2)
	}
}

// manyIn is the most of the files that are many, in a folder.
const manyIn = 60

func manyPath(app string, i int) string { return fmt.Sprintf("%s/m%02d", app, i) }

// drawMany draws some of the many files of a folder, one after another.
func drawMany(t *rapid.T) []string {
	app := rapid.SampledFrom([]string{"a.b", "a.b", "c.d"}).Draw(t, "folder")
	first := rapid.IntRange(0, manyIn/2).Draw(t, "first")
	n := rapid.SampledFrom([]int{1, 6, 12, 21, 30, manyIn}).Draw(t, "n")
	var paths []string
	for i := first; i < min(first+n, manyIn); i++ {
		paths = append(paths, manyPath(app, i))
	}
	return paths
}

func (e *editor) fill(t *rapid.T) []string {
	app := rapid.SampledFrom([]string{"a.b", "a.b", "c.d"}).Draw(t, "folder")
	changed := e.changed(app)
	for i := range rapid.IntRange(manyIn/2, manyIn).Draw(t, "files") {
		e.tree.write(manyPath(app, i), "valid1")
	}
	return changed
}

// manyActions are a removal, slow or not, and a restore file by file. One by mv is an
// away and a back.
func (e *editor) manyActions() map[string]func(*rapid.T) {
	return e.hinting(map[string]func(*rapid.T) []string{
		"fill": e.fill,
		"remove many": func(t *rapid.T) []string {
			paths := drawMany(t)
			for _, path := range paths {
				if data, err := e.tree.content(path); err == nil && isValid(data) {
					e.lost[path] = data
				}
				e.tree.remove(path)
			}
			return paths
		},
		"zero many": func(t *rapid.T) []string {
			paths := drawMany(t)
			for _, path := range paths {
				if data, err := e.tree.content(path); err == nil && isValid(data) {
					e.lost[path] = data
					e.tree.write(path, "")
				}
			}
			return paths
		},
		"restore some": func(t *rapid.T) []string {
			lost := slices.Sorted(maps.Keys(e.lost))
			paths := lost[:min(len(lost), rapid.SampledFrom([]int{1, 5, 30, 2 * manyIn}).Draw(t, "n"))]
			changed := paths
			for _, path := range paths {
				if e.tree.at(path[:3]) == nil {
					changed = append(changed, e.changed(path)...)
				}
				e.tree.write(path, e.lost[path])
				delete(e.lost, path)
			}
			return changed
		},
	})
}

var mountPaths = []string{"a.b", "", abovePath}

// moveToDisk moves what is in a folder onto a file system of its own.
func (e *editor) moveToDisk(path string, dev uint64) bool {
	n := e.tree.at(path)
	if n == nil || !n.kind.IsDir() || e.tree.isMounted(path) {
		return false
	}
	e.tree.mountOn(path, e.tree.copyOf(n, dev))
	return true
}

func (e *editor) mountActions() map[string]func(*rapid.T) {
	draw := func(t *rapid.T) (path string, dev uint64) {
		return rapid.SampledFrom(mountPaths).Draw(t, "at"), uint64(rapid.IntRange(2, 3).Draw(t, "device"))
	}
	return e.hinting(map[string]func(*rapid.T) []string{
		"mount": func(t *rapid.T) []string {
			path, dev := draw(t)
			e.tree.mount(path, dev)
			return []string{path}
		},
		"bind": func(t *rapid.T) []string {
			path, _ := draw(t)
			e.tree.bind(path)
			return []string{path}
		},
		"move to a disk": func(t *rapid.T) []string {
			path, dev := draw(t)
			e.moveToDisk(path, dev)
			return []string{path}
		},
		"unmount": func(t *rapid.T) []string {
			path, _ := draw(t)
			if disk := e.tree.unmount(path); disk != nil {
				e.disks[path] = disk
			}
			return []string{path}
		},
		"eject": func(t *rapid.T) []string {
			path, _ := draw(t)
			if disk := e.tree.eject(path); disk != nil {
				e.disks[path] = disk
			}
			return []string{path}
		},
		"mount again": func(t *rapid.T) []string {
			path, dev := draw(t)
			disk := e.disks[path]
			if path == abovePath || disk != nil && !e.tree.isMounted(path) {
				e.tree.folder(path)
			}
			if disk != nil && !disk.dead && !e.tree.isMounted(path) {
				disk.moveTo(dev)
				e.tree.mountOn(path, disk)
			}
			return []string{path}
		},
		"back up": func(t *rapid.T) []string {
			path, dev := draw(t)
			if n := e.tree.at(path); n != nil && n.kind.IsDir() {
				e.disks[path] = e.tree.copyOf(n, dev)
			}
			return nil
		},
		"mount a foreign tree": func(t *rapid.T) []string {
			path, dev := draw(t)
			n := e.tree.at(path)
			if n == nil || !n.kind.IsDir() {
				return nil
			}
			// The names are the same, and so may be some of the content.
			foreign, every := e.tree.copyOf(n, dev), rapid.IntRange(1, 4).Draw(t, "every")
			i := 0
			foreign.eachFile(func(f *node) {
				if i++; i%every == 0 {
					f.data = []byte("valid foreign")
				}
			})
			e.tree.mountOn(path, foreign)
			return []string{path}
		},
	})
}
