package daemon

import (
	"bytes"
	"io"
	"net"
	"path/filepath"
	"sync"
	"testing"

	"sessiond/internal/api"
	"sessiond/internal/client"
	"sessiond/internal/config"
	"sessiond/internal/passes/passestest"
	"sessiond/internal/session"
)

// cutter stands between a follower and the broker. Once armed, it ends the connection as
// soon as an answer of the authority to a change is on its way to the follower.
type cutter struct {
	net.Listener

	mu    sync.Mutex
	armed bool
	cuts  int
}

func newCutter(t *testing.T, to string) *cutter {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{Listener: ln}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", to)
			if err != nil {
				near.Close()
				continue
			}
			go func() {
				defer far.Close()
				_, _ = io.Copy(far, near) // until one of the two ends
			}()
			go c.answers(near, far)
		}
	}()
	return c
}

// answers passes on what comes from the broker.
func (c *cutter) answers(near, far net.Conn) {
	defer near.Close()
	defer far.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := far.Read(buffer)
		if err != nil || c.cut(buffer[:n]) {
			return
		}
		if _, err := near.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func (c *cutter) cut(text []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.armed || !bytes.Contains(text, []byte(`"status":200`)) {
		return false
	}
	c.armed = false
	c.cuts++
	return true
}

func (c *cutter) arm() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.armed = true
}

// A change whose answer is lost is asked for again, and not made twice: the second time, the
// file would be another than was seen, or gone.
func TestFollowerEditWhoseAnswerIsLost(t *testing.T) {
	b := newBroker(t)
	root := filepath.Join(t.TempDir(), "MobileApps")
	put(t, root, 1)
	north := authorityOver(t, b, root, writes("south"))
	cut := newCutter(t, b.server.Addr().String())
	south := followerOf(t, b, "south", func(s *config.Settings) { s.Follow = []string{"nats://" + cut.Addr().String()} })
	south.becomes(t, "following", isComplete)
	key := passestest.Key(1)
	dry, err := south.Delete(t.Context(), key, client.EditOptions{DryRun: true})
	if err != nil {
		t.Fatal(err)
	}

	cut.arm()
	status := session.StatusPending
	made, err := south.Change(t.Context(), key, api.Set{Status: &status}, client.EditOptions{ETag: dry.ETag})
	if err != nil || !made.Changed || made.Before.Status != session.StatusAccepted {
		t.Errorf("Change = %+v, %v", made, err)
	}
	cut.arm()
	deleted, err := south.Delete(t.Context(), key, client.EditOptions{ETag: made.ETag})
	if err != nil || !deleted.Changed {
		t.Errorf("Delete = %+v, %v", deleted, err)
	}
	if cut.mu.Lock(); cut.cuts != 2 {
		t.Errorf("%d answers were lost", cut.cuts)
	}
	cut.mu.Unlock()
	page, err := north.Audit(t.Context(), client.AuditQuery{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	ended := map[string]int{}
	for _, e := range page.Entries {
		ended[e.Action+" "+e.Result]++
	}
	if ended["hold done"] != 1 || ended["delete done"] != 1 || ended["hold failed"]+ended["delete failed"] > 0 {
		t.Errorf("on record: %v", ended)
	}
}

// An authority that is stopped in the middle of many changes ends between two of its own
// batches, and what the follower says of each session is so. Of a batch that ends as the
// authority does, the answer may not come any more, and then it says just that.
func TestFollowerChangesAtTheStop(t *testing.T) {
	const most = 3000
	b := newBroker(t)
	root := filepath.Join(t.TempDir(), "MobileApps")
	for n := range most {
		put(t, root, n)
	}
	north := authorityOver(t, b, root, writes("south"))
	south := followerOf(t, b, "south")
	south.becomes(t, "full", func(s api.Status) bool { return s.Sessions == most && s.Write.Enabled })
	status := session.StatusPending
	asked := api.Changes{Select: &session.Filter{App: passestest.Key(1).App}, Set: &api.Set{Status: &status}, Max: most}
	plan, err := south.PlanChanges(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	asked.Select, asked.Max = nil, 0
	for _, item := range plan.Items {
		asked.Sessions = append(asked.Sessions, api.ChangeItem{Session: item.Session, ETag: item.ETag})
	}
	told := map[session.Key]*api.Problem{}
	stopped := make(chan struct{})
	sum, err := south.MakeChanges(t.Context(), asked, func(r api.ChangeResult) {
		if len(told) == 0 {
			go func() {
				defer close(stopped)
				north.stop()
			}()
		}
		told[r.Session] = r.Problem
	})
	<-stopped
	if err != nil || len(told) != most || sum.Changed+sum.Failed != most || sum.Changed == 0 {
		t.Errorf("%d sessions were told, %+v: %v", len(told), sum, err)
	}
	unknown := 0
	for key, problem := range told {
		if problem != nil && problem.Type == api.KindOutcomeUnknown {
			if unknown++; unknown > 1000 {
				t.Fatal("more than a batch is not known")
			}
			continue
		}
		if changed := isPending(t, root, key); problem == nil != changed {
			t.Fatalf("%s is changed: %v, and the line has %+v", key, changed, problem)
		}
	}
}

func isPending(t *testing.T, root string, key session.Key) bool {
	t.Helper()
	return bytes.Contains(readFile(t, root, key), []byte(`"pending"`))
}
