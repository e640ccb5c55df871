package refresh

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// The table holds what a map would, whatever is added, given up and compacted,
// and wherever the search is told to begin.
func TestFilesAgainstAMap(t *testing.T) {
	name := rapid.Custom(func(t *rapid.T) string {
		return strings.Repeat("x", rapid.SampledFrom([]int{0, 1, 40, 255, 765, 1_018}).Draw(t, "length")) + fmt.Sprint(rapid.IntRange(0, 60).Draw(t, "name"))
	})
	rapid.Check(t, func(t *rapid.T) {
		table, model, matters := newFiles(), map[string]moment{}, map[string]time.Duration{}
		size := moment(0)
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				id := name.Draw(t, "name")
				n, found := table.find([]byte(id), rapid.Uint32Range(0, 100).Draw(t, "expected"))
				if _, has := model[id]; has != found {
					t.Fatalf("%q is found: %t", id, found)
				}
				if !found {
					n = table.add([]byte(id))
				}
				size++
				table.at(n).firstSeen, model[id] = size, size
				says := time.Duration(0)
				if rapid.Bool().Draw(t, "there is something to say of it") {
					says = time.Duration(size)
				}
				table.keep(n, &matter{rightUntil: says})
				if says > 0 {
					matters[id] = says
				} else {
					delete(matters, id)
				}
			},
			"drop": func(t *rapid.T) {
				if n, found := table.find([]byte(name.Draw(t, "name")), 0); found {
					delete(model, string(table.name(n)))
					delete(matters, string(table.name(n)))
					table.drop(n)
				}
			},
			"drop all": func(*rapid.T) {
				for n := range table.all() {
					table.drop(n)
				}
				clear(model)
				clear(matters)
			},
			"compact": func(*rapid.T) { table.compact() },
			"": func(t *rapid.T) {
				got := map[string]moment{}
				for n, f := range table.all() {
					got[string(table.name(n))] = f.firstSeen
				}
				if !maps.Equal(got, model) || table.live != len(model) {
					t.Fatalf("it holds %v (%d), want %v", got, table.live, model)
				}
				said := map[string]time.Duration{}
				for n, m := range table.matters {
					said[string(table.name(n))] = m.rightUntil
				}
				if !maps.Equal(said, matters) {
					t.Fatalf("there is something to say of %v, want %v", said, matters)
				}
			},
		})
	})
}

// What comes and goes, each time under another name, must not add up.
func TestFilesAreCompacted(t *testing.T) {
	table := newFiles()
	stays := table.add([]byte("stays"))
	table.at(stays).firstSeen = 7
	table.keep(stays, &matter{rightUntil: forever})
	for i := range 10_000 {
		goes := table.add(fmt.Appendf(nil, "%040d", i))
		table.keep(goes, &matter{rightUntil: forever})
		table.drop(goes)
		table.compact()
	}
	if len(table.chunks) > 4 || len(table.index) > 16*chunkLen {
		t.Errorf("%d chunks and %d slots for one file", len(table.chunks), len(table.index))
	}
	n, found := table.find([]byte("stays"), 0)
	if !found || table.at(n).firstSeen != 7 || table.matters[n] == nil || len(table.matters) > 1 {
		t.Error("the one that stays, or what there is to say of it, was lost")
	}
}

// The listing's order is the order of the records, so that each is found without
// a search.
func TestFilesKeepTheOrder(t *testing.T) {
	table := newFiles()
	var want []string
	for i := range 100 {
		id := fmt.Sprint((i * 37) % 100)
		want = append(want, id)
		table.add([]byte(id))
	}
	var got []string
	for n := range table.all() {
		got = append(got, string(table.name(n)))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// oddJudge takes every file for valid but the empty one.
type oddJudge struct{}

func (oddJudge) Judge(at session.Place, data []byte) (*session.Session, *session.Problem) {
	if len(data) == 0 {
		return nil, session.NewProblem(at.Key(), session.CodeSyntax, "empty")
	}
	return session.New(at, data, session.StatusAccepted, session.DigestOf(data)), nil
}

// A file about which there is nothing more to say costs nothing more.
func TestMattersEnd(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "a.b", "1")
	if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	now := Instant{Wall: time.Now(), Mono: time.Hour}
	m := New(Config{Tree: mobileapps.NewDisk(root, 100), Judge: oddJudge{}, Clock: func() Instant { return now }})
	for _, content := range []string{"valid", "", "valid again"} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			now.Mono, now.Wall = now.Mono+time.Minute, now.Wall.Add(time.Minute)
			m.Pass(Request{Full: true})
		}
		n, found := m.app("a.b").files.find([]byte("1"), 0)
		if !found || (m.app("a.b").files.matters[n] != nil) != (content == "") {
			t.Errorf("%q: found %t, there is something to say of it: %t", content, found, content != "")
		}
		if none := m.app("a.b").files.matters == nil; none != (content != "") {
			t.Errorf("%q: nothing takes room: %t", content, none)
		}
	}
}

// One word more, and what the allocator gives is half as much again.
func TestChunksFillWhatTheyTake(t *testing.T) {
	const allocated, header = 2048, 8
	if size := unsafe.Sizeof(chunk{}); strconv.IntSize == 64 && (size+header > allocated || size+header < allocated*95/100) {
		t.Errorf("a chunk has %d bytes", size)
	}
}
