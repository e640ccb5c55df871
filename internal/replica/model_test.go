package replica

import (
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"sessiond/internal/session"
)

// model is two machines that may have the files, two followers, the log between them, and
// all that goes wrong.
type model struct {
	t         *testing.T
	log       *memLog
	files     tree
	lost      atomic.Bool // the log has lost messages
	nodes     [2]*node
	followers [2]*Follower
	clients   [2]*client

	mu      sync.Mutex
	daemons map[session.Epoch]*daemon // all that ever ran
	wrong   []string
}

// node is a machine with the files, on which an authority may run.
type node struct {
	*daemon
	stop func() // nil where none runs
}

// day is how long a removal stays in the log of a model.
const day = 20 * time.Second

// op is something that happens.
type op struct {
	name   string
	who, n int
	keys   []int
	kinds  []int
}

func drawOps(t *rapid.T) []op {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) op {
		return op{
			name: rapid.SampledFrom([]string{
				"pass", "pass", "pass", "pass", "time", "time", "start", "start", "stop", "kill", "away", "back", "away follower",
				"back follower", "stall", "go on", "lose an acknowledgement", "lose an append", "late append", "arrive", "cut",
				"lose a suffix", "wipe", "a day", "foreign",
			}).Draw(t, "op"),
			who:   rapid.IntRange(0, 1).Draw(t, "who"),
			n:     rapid.IntRange(1, 9).Draw(t, "n"),
			keys:  rapid.SliceOfN(rapid.IntRange(0, 39), 1, 5).Draw(t, "keys"),
			kinds: rapid.SliceOfN(rapid.IntRange(0, 9), 5, 5).Draw(t, "kinds"),
		}
	}), 1, 40).Draw(t, "ops")
}

func (m *model) fail(format string, args ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wrong = append(m.wrong, fmt.Sprintf(format, args...))
}

func newModel(t *testing.T) *model {
	m := &model{t: t, log: newMemLog(), files: many(30), daemons: map[session.Epoch]*daemon{}}
	m.log.appended = m.appended
	for i := range m.nodes {
		m.nodes[i] = &node{}
		m.followers[i], m.clients[i] = newFollowing(m.log)
		m.followers[i].absence = day / 2
		m.clients[i].beforeNext = func() { m.check(i) }
		start(t, m.followers[i].Run)
	}
	return m
}

// appended checks that no authority appends anything after another has taken over.
func (m *model) appended(is *Message) {
	if is.Head == "" {
		return
	}
	h, err := decodeHead(is.Head)
	if err != nil {
		return
	}
	for i := len(m.log.history) - 2; i >= 0; i-- {
		before, err := decodeHead(m.log.history[i].Head)
		if err != nil {
			continue
		}
		// Where messages were lost, the sequence may be again what it was when another
		// authority's append was sent.
		if m.lost.Load() {
			return
		}
		if before.Epoch > h.Epoch || before.Epoch == h.Epoch && before.Run != h.Run {
			m.fail("epoch %d of %s is followed by epoch %d of %s", before.Epoch, before.Run, h.Epoch, h.Run)
		}
		return
	}
}

// check compares what a follower shows with what the authority showed at that head.
func (m *model) check(i int) {
	f := m.followers[i]
	head := f.Status().Head
	if head == nil {
		if n := f.cfg.Store.View().Passes(); n > 0 {
			m.fail("a follower has shown something without a head")
		}
		return
	}
	if truth, age := time.Since(head.At), f.Status().Age; age < truth-time.Second {
		m.fail("follower %d says that its view is %v old, which is %v old", i, age, truth)
	}
	m.mu.Lock()
	d := m.daemons[head.Run]
	m.mu.Unlock()
	want, ok := d.at(head.N)
	if got := showing(f.cfg.Store.View()); !ok || !got.equal(want) {
		m.fail("follower %d shows %v at pass %d of %s, want %v", i, got, head.N, head.Run, want)
	}
}

func (m *model) start(who int) {
	n := m.nodes[who]
	if n.stop != nil {
		return
	}
	m.mu.Lock()
	run := session.Epoch(len(m.daemons) + 1)
	n.daemon = newDaemon(m.log, fmt.Sprint("node-", who), run)
	m.daemons[run] = n.daemon
	m.mu.Unlock()
	n.look(m.files, true)
	n.stop = start(m.t, n.Run)
}

func (m *model) do(o op) {
	n, f := m.nodes[o.who], m.clients[o.who]
	runs := n.stop != nil
	switch o.name {
	case "pass":
		for i, k := range o.keys {
			key := session.Key{App: "T.a.b", ID: fmt.Sprint(k)}
			switch kind := o.kinds[i]; {
			case kind < 3:
				delete(m.files, key)
			case kind < 5:
				m.files[key] = rejected
			default:
				m.files[key] = fmt.Sprint(kind)
			}
		}
		for _, n := range m.nodes {
			if n.stop != nil {
				n.look(m.files, true)
			}
		}
	case "time":
		time.Sleep(time.Duration(o.n*o.n) * 100 * time.Millisecond)
	case "a day":
		time.Sleep(day + time.Second)
		m.log.expire(day)
	case "start":
		m.start(o.who)
	case "stop", "kill":
		if !runs {
			return
		}
		if o.name == "kill" {
			n.log.set(func() { n.log.down = true })
		}
		n.stop()
		n.stop = nil
	case "away", "back":
		if runs {
			n.log.set(func() { n.log.down = o.name == "away"; n.log.cut++ })
		}
	case "away follower", "back follower":
		f.set(func() { f.down = o.name == "away follower"; f.cut++ })
	case "stall", "go on":
		f.set(func() { f.stalled = o.name == "stall" })
	case "cut":
		f.set(func() { f.cut++ })
	case "lose an acknowledgement":
		if runs {
			n.log.set(func() { n.log.loseAcks++ })
		}
	case "lose an append":
		if runs {
			n.log.set(func() { n.log.lose++ })
		}
	case "late append":
		if runs {
			n.log.set(func() { n.log.late++ })
		}
	case "arrive":
		if runs {
			n.log.arrive()
		}
	case "lose a suffix":
		m.lost.Store(true)
		m.log.loseSuffix(o.n)
	case "wipe":
		m.log.wipe()
	case "foreign":
		h := HashOf(session.Key{App: "T.a.b", ID: fmt.Sprint(o.keys[0])})
		messages := []Message{{Key: kindSession.key(h), Payload: []byte("{}")}, {Key: kindSession.key(h), Removed: true}, {Key: "x"}}
		if last, fills := m.log.behind(); !fills {
			_, _ = m.log.append(last, messages[o.n%3:o.n%3+1])
		}
	}
}

// heal ends all that goes wrong.
func (m *model) heal() {
	for i, f := range m.clients {
		f.set(func() { f.down, f.stalled = false, false })
		m.start(i)
		c := m.nodes[i].log
		c.set(func() { c.down, c.lose, c.late, c.loseAcks, c.onTheirWay = false, 0, 0, 0, nil })
	}
}

// Whatever happens, a follower's view is always the authority's at one of its heads, and
// once all is well again, it is what the files are.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ops := drawOps(rt)
		var wrong []string
		synctest.Test(t, func(t *testing.T) {
			m := newModel(t)
			m.start(0)
			for _, o := range ops {
				m.do(o)
				synctest.Wait()
			}
			m.heal()
			for range 4 {
				time.Sleep(30 * time.Second)
				for _, n := range m.nodes {
					_, _ = n.Adopt() // what was removed while no authority was there
				}
			}
			live := 0
			for _, n := range m.nodes {
				if n.Status().State == StateLive {
					live++
				}
			}
			if live != 1 {
				m.fail("%d authorities are live: %+v, %+v", live, m.nodes[0].Status(), m.nodes[1].Status())
			}
			for i, f := range m.followers {
				want := maps.Clone(showing(m.nodes[0].store.View()).sessions)
				got := showing(f.cfg.Store.View())
				if s := f.Status(); len(got.sessions) != len(want) || s.State != StateFollowing || s.Age > 2*testBeat {
					m.fail("at rest, follower %d has %d sessions of %d, and is %+v", i, len(got.sessions), len(want), s)
				}
				m.check(i)
			}
			for _, n := range m.nodes {
				n.stop()
			}
			m.mu.Lock()
			wrong = m.wrong
			m.mu.Unlock()
		})
		if len(wrong) > 0 {
			rt.Fatalf("%d things are wrong, first: %s", len(wrong), wrong[0])
		}
	})
}
