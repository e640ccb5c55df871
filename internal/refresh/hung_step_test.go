package refresh_test

import (
	"sync"
	"testing"
	"time"

	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
)

// A read that hangs returns long after its step was used for others. It must
// still be told apart from theirs, or its file is never read again.
func TestReadThatHangsBeyondItsStep(t *testing.T) {
	clock := newClock()
	slow := &slowTree{tree: newTree(clock.read, fineTick), gates: make(map[string]chan struct{})}
	bounded := mobileapps.NewBounded(slow, 10*time.Millisecond)
	memory := refresh.New(refresh.Config{Tree: bounded, Clock: clock.read, Judge: judge{}, Settle: settle})
	all := []session.Key{keyOf("a.b/1"), keyOf("a.b/2"), keyOf("a.b/3"), keyOf("a.b/4")}
	write := func(key session.Key, data string) {
		slow.write(key.String(), data)
		clock.pass(time.Minute)
	}
	look := func(keys ...session.Key) session.Report {
		clock.pass(time.Minute)
		return memory.Pass(refresh.Request{Trigger: session.TriggerWatch, Full: keys == nil, Keys: keys}).Report
	}
	for _, key := range all {
		write(key, "valid")
	}
	look()
	look()

	for round := range 2 * len(all) {
		key, others := all[round%len(all)], all[(round+1)%len(all):]
		goOn := slow.hang(key.String())
		write(key, "valid, edited")
		if got := look(key).Unsettled; len(got) != 1 {
			t.Fatalf("unsettled: %v", got)
		}
		for _, other := range others {
			write(other, "valid, "+string(rune('a'+round)))
		}
		look()
		goOn()
		write(key, "valid, as ever")
		for deadline := time.Now().Add(5 * time.Second); len(look().Unsettled) > 0; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("round %d: %q is never read again", round, key)
			}
		}
	}
}

// slowTree is a tree of which some reads hang.
type slowTree struct {
	*tree
	gate  sync.Mutex
	gates map[string]chan struct{}
}

// hang lets the next reads of a file hang until it is told to go on.
func (t *slowTree) hang(path string) (goOn func()) {
	gate := make(chan struct{})
	t.gate.Lock()
	defer t.gate.Unlock()
	t.gates[path] = gate
	return func() {
		t.gate.Lock()
		defer t.gate.Unlock()
		delete(t.gates, path)
		close(gate)
	}
}

func (t *slowTree) wait(path string) {
	t.gate.Lock()
	gate := t.gates[path]
	t.gate.Unlock()
	if gate != nil {
		<-gate
	}
}

func (t *slowTree) Open() (mobileapps.Root, error) {
	root, err := t.tree.Open()
	if err != nil {
		return nil, err
	}
	return slowRoot{root, t}, nil
}

type slowRoot struct {
	mobileapps.Root
	tree *slowTree
}

func (r slowRoot) Open(app string) (mobileapps.Folder, error) {
	folder, err := r.Root.Open(app)
	if err != nil {
		return nil, err
	}
	return slowFolder{folder, r.tree, app}, nil
}

type slowFolder struct {
	mobileapps.Folder
	tree *slowTree
	app  string
}

func (f slowFolder) Read(id string) (mobileapps.Content, error) {
	f.tree.wait(f.app + "/" + id)
	return f.Folder.Read(id)
}
