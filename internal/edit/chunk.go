package edit

import "sessiond/internal/session"

// What is edited together is bounded: others wait for their turn meanwhile.
const (
	chunkFiles   = 1000
	chunkFolders = 128      // open at the same time
	chunkBytes   = 32 << 20 // of contents
	// fewFiles are synced one by one: to have a whole file system on disk may take long
	// where other programs write much.
	fewFiles = 16
)

// chunk are files that are edited together, below one root and in one turn.
type chunk struct {
	entries []*entry
	folders *folders
}

// newChunk opens the folders of entries. Those that are in too many are put off.
func (e *Editor) newChunk(root *heldRoot, entries []*entry) *chunk {
	c := &chunk{folders: e.newFolders(root)}
	for _, t := range entries {
		if len(c.folders.opened) == chunkFolders && !c.folders.has(t.Key.App) {
			t.postpone(statePut)
			continue
		}
		f, err := c.folders.open(t.Key.App)
		if err != nil {
			t.fail(unreadable(t.Key, failure(t.Key, err)))
			continue
		}
		if e.config.Knows != nil && !e.config.Knows(root, t.Key.App, f) {
			t.fail(&Error{Kind: KindBusy, Key: t.Key, Detail: "no pass has looked at what is mounted there now", RetryAfter: busyRetry})
			continue
		}
		t.folder = f
		c.entries = append(c.entries, t)
	}
	return c
}

func (c *chunk) close() { c.folders.close() }

// open returns the entries whose end is still to come.
func open(entries []*entry) []*entry {
	var left []*entry
	for _, t := range entries {
		if t.state == stateOpen {
			left = append(left, t)
		}
	}
	return left
}

// folders are app folders below one root, each opened once.
type folders struct {
	editor *Editor
	root   *heldRoot
	opened map[string]openedFolder
}

type openedFolder struct {
	folder *folder
	err    error
}

func (e *Editor) newFolders(root *heldRoot) *folders {
	return &folders{editor: e, root: root, opened: make(map[string]openedFolder)}
}

func (fs *folders) has(app string) bool {
	_, ok := fs.opened[app]
	return ok
}

// open returns an app folder, which is closed with the others.
func (fs *folders) open(app string) (*folder, error) {
	o, ok := fs.opened[app]
	if !ok {
		o.folder, o.err = fs.editor.open(fs.root, app)
		fs.opened[app] = o
	}
	return o.folder, o.err
}

func (fs *folders) close() {
	for _, o := range fs.opened {
		if o.err == nil {
			o.folder.Close()
		}
	}
}

// byFolder calls do for each folder of some entries.
func byFolder(entries []*entry, do func(f *folder, entries []*entry)) {
	var order []*folder
	of := make(map[*folder][]*entry)
	for _, t := range entries {
		if of[t.folder] == nil {
			order = append(order, t.folder)
		}
		of[t.folder] = append(of[t.folder], t)
	}
	for _, f := range order {
		do(f, of[f])
	}
}

// failAll fails all entries for one reason.
func failAll(entries []*entry, why func(key session.Key) error) {
	for _, t := range entries {
		t.fail(why(t.Key))
	}
}
