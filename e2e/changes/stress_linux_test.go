package changes

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"sessiond/e2e/harness"
	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/session"
)

var (
	stressFor   = flag.Duration("changes.for", 0, "how long the stress test goes on; 0: each way and each order once")
	stressFiles = flag.Int("changes.sessions", 2000, "how many sessions a request of the stress test changes")
)

const (
	// others write to every writtenEach-th file, so many of them at once.
	writtenEach, writers = 12, 4
	settle               = 400 * time.Millisecond
	longest              = 12 * time.Millisecond // that a program goes on writing to a file
)

// order is what is asked for, and what that makes of a file.
type order struct {
	asked api.Changes
	edit  func(state) state
	// lead is how many files before its own one a program begins to write.
	lead int
}

func orders() map[string]order {
	const address = "new@example.com"
	return map[string]order{
		"hold": {hold(), func(s state) state { return state{session.StatusPending, s.email} }, 0},
		"e-mail": {
			api.Changes{Set: &api.Set{Email: new(address)}},
			func(s state) state { return state{s.status, address} }, 0,
		},
		"delete": {api.Changes{Delete: true}, nil, 300},
	}
}

// One request changes thousands of sessions while other programs write to some of their files. Every
// line of the answer is true, and nothing that anybody wrote is lost.
func TestStress(t *testing.T) {
	until := time.Now().Add(*stressFor)
	all := orders()
	for again := true; again; again = time.Now().Before(until) {
		for i, way := range slices.Sorted(maps.Keys(ways())) {
			for j, name := range slices.Sorted(maps.Keys(all)) {
				if *stressFor > 0 || i == j {
					t.Run(name+", "+way, func(t *testing.T) { stress(t, all[name], ways()[way]) })
				}
			}
		}
	}
}

func stress(t *testing.T, o order, way way) {
	p := newPlaces(harness.RoomyFolder(t))
	files := make(map[session.Key]*written)
	initial := state{session.StatusAccepted, "first@example.com"}
	harness.Must(t, os.MkdirAll(filepath.Join(p.root, app), 0o755))
	for n := range *stressFiles {
		key := harness.NthKey(app, n)
		harness.Must(t, os.WriteFile(harness.FileOf(p.root, key), content(key, 0, initial), 0o644))
		if n%writtenEach == 0 {
			files[key] = &written{key: key, writes: []state{initial}}
		}
	}
	d := harness.Launch(t, p.root, p.args("--settle", settle.String(), "--admit", "follow")...)
	request := showAll(t, d, o.asked)
	var keys []session.Key
	for _, item := range request.Sessions {
		keys = append(keys, item.Session)
	}
	end := writeBeside(t, p.root, files, keys, o.lead, way.write)
	var lines []api.ChangeResult
	sum, err := d.MakeChanges(t.Context(), request, func(line api.ChangeResult) { lines = append(lines, line) })
	end()
	harness.Must(t, err)
	if len(lines) != *stressFiles || sum.Changed+sum.Failed != *stressFiles || sum.Changed == 0 {
		t.Fatalf("%d lines, %+v", len(lines), sum)
	}
	leavesNothing(t, p.root)
	request.DryRun = true // this waits for what is left to be looked at
	_, err = d.PlanChanges(t.Context(), request)
	harness.Must(t, err)

	told := &truth{order: o, places: p, replaces: way.replaces}
	for _, line := range lines {
		if w := files[line.Session]; w != nil {
			told.holdWritten(t, line, w)
		} else {
			told.holdOther(t, line, initial)
		}
	}
	t.Logf("%+v; of %d others wrote to: %+v", sum, len(files), told.counts)
	if told.counts.changed == 0 || told.counts.writes == 0 {
		t.Error("nothing was tried")
	}
	if intents, over := p.countAudit(t, "intent"), p.countAudit(t, "done")+p.countAudit(t, "failed"); intents != over || intents < sum.Changed {
		t.Errorf("the audit has %d intents and %d results of %d changes", intents, over, sum.Changed)
	}
	memoryIsTheTree(t, d, p.root)
}

// truth holds lines against files.
type truth struct {
	order
	places

	replaces bool // each write of others makes a new file
	counts   struct{ changed, refused, writes, overtaken, carried, late, slow int }
}

// holdOther is about a file that nobody else writes: it is as the line says, and changed.
func (h *truth) holdOther(t *testing.T, line api.ChangeResult, initial state) {
	t.Helper()
	if line.Problem != nil || !line.Changed {
		t.Errorf("told: %+v", line)
		return
	}
	now, err := os.ReadFile(harness.FileOf(h.root, line.Session))
	switch {
	case h.edit == nil && (err == nil || !bytes.Equal(h.deleted(t, line.Trash), content(line.Session, 0, initial))):
		t.Errorf("%q: %v, told: %+v", line.Session, err, line)
	case h.edit != nil && (err != nil || !bytes.Equal(now, content(line.Session, 0, h.edit(initial))) || session.DigestOf(now).String() != line.ETag):
		t.Errorf("%q is %s, %v, told: %+v", line.Session, now, err, line)
	}
}

// deleted returns the file that the trash keeps under an id.
func (h *truth) deleted(t *testing.T, id string) []byte {
	t.Helper()
	kept, err := os.ReadFile(filepath.Join(h.trash, id))
	harness.Must(t, err)
	_, data, _ := bytes.Cut(kept, []byte("\n"))
	return data
}

// holdWritten is about a file that another program writes, too.
func (h *truth) holdWritten(t *testing.T, line api.ChangeResult, w *written) {
	t.Helper()
	last := len(w.writes) - 1
	h.counts.writes += last
	now, n, is, err := read(harness.FileOf(h.root, w.key))
	switch {
	case w.slow:
		h.counts.slow++
		return
	case line.Problem != nil:
		h.counts.refused++
		if kind := line.Problem.Type; kind != api.KindChangedSince && kind != api.KindConflict && kind != api.KindFileBusy && kind != api.KindRejected {
			t.Errorf("told: %+v", line.Problem)
		}
		if err != nil || !bytes.Equal(now, content(w.key, last, w.writes[last])) {
			t.Errorf("%q was refused and is %s, %v; write %d was the last one", w.key, now, err, last)
		}
		if is != w.writes[0] {
			// It was in place for the moment between an exchange and its undoing, in which
			// the program read it.
			h.counts.carried++
		}
		return
	}
	h.counts.changed++
	if h.edit == nil {
		if !bytes.Equal(h.deleted(t, line.Trash), content(w.key, 0, w.writes[0])) {
			t.Errorf("what is in the trash of %q is not what was to be deleted", w.key)
		}
		switch {
		case err == nil && bytes.Equal(now, content(w.key, last, w.writes[last])): // written again
		case err == nil || last > 0 && h.replaces:
			t.Errorf("%q is %s, %v; write %d was the last one", w.key, now, err, last)
		case last > 0:
			h.counts.late++ // into what was open and is gone, or the line would be another
		}
		return
	}
	edited := h.editedAt(line, w)
	switch {
	case err != nil || n != last:
		t.Errorf("%q has write %d of %d: %v", w.key, n, last, err)
	case edited < 0:
		t.Errorf("%q never was what the line says: %+v", w.key, line)
	case is == h.edit(is) && bytes.Equal(now, content(w.key, n, is)):
	case edited < last && !slices.ContainsFunc(w.writes[edited+1:], func(s state) bool { return s == h.edit(s) }):
		h.counts.overtaken++ // by a program that had read the file before the edit
	default:
		t.Errorf("the edit of %q, on write %d, is lost: it is %s after %+v", w.key, edited, now, w.writes)
	}
}

// editedAt returns which write was edited, by the entity tag of a line; -1 for none.
func (h *truth) editedAt(line api.ChangeResult, w *written) int {
	for n, is := range w.writes {
		if session.DigestOf(content(w.key, n, h.edit(is))).String() == line.ETag {
			return n
		}
	}
	return -1
}

// parse returns the number and the state of a session file.
func parse(data []byte) (n int, is state, err error) {
	var says struct {
		Number int    `json:"number"`
		Status string `json:"status"`
		Email  string `json:"email"`
	}
	err = json.Unmarshal(data, &says)
	return says.Number, state{says.Status, says.Email}, err
}

// memoryIsTheTree waits until the sessions in memory are those of the files.
func memoryIsTheTree(t *testing.T, d *harness.Daemon, root string) {
	t.Helper()
	wrong := ""
	if !harness.Eventually(func() bool {
		wrong = ""
		inMemory := 0
		for s, err := range d.AllSessions(t.Context(), client.Query{Limit: 1000}) {
			harness.Must(t, err)
			inMemory++
			_, _, is, err := read(harness.FileOf(root, s.Session))
			if err != nil || is != (state{s.Status, s.Email}) {
				wrong = s.Session.String()
			}
		}
		names, err := os.ReadDir(filepath.Join(root, app))
		harness.Must(t, err)
		return wrong == "" && len(names) == inMemory
	}) {
		t.Errorf("the memory is not the tree: %q", wrong)
	}
}
