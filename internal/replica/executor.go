package replica

import (
	"context"
	"net/http"
	"sync"
	"time"

	"sessiond/internal/session"
)

// ExecutorConfig is what an [Executor] is made of. All of it is required.
type ExecutorConfig struct {
	Run   session.Epoch // of the authority
	Clock Clock
	Now   func() time.Time // as heads have it
	// Leads reports whether the authority was one not longer ago than its lease is long. A
	// daemon that was paused may have been followed by another, and does not know that yet.
	Leads func() bool
	// Position returns where followers see what was done so far.
	Position func() Position
	// Execute answers a request of a node. It is called once for each edit.
	Execute func(node string, r *EditRequest, w http.ResponseWriter)
}

// Executor has the edits of followers executed, each of them once at most, and remembers the
// answers for those that ask again.
type Executor struct {
	cfg ExecutorConfig

	mu      sync.Mutex
	edits   map[editKey]*execution
	nodes   map[string]*nodeEdits // of those that have edits
	ended   []*execution          // in the order of their end; forgotten ones at the beginning
	bytes   int                   // of the answers of these
	running int
	stopped bool
	idle    chan struct{} // closed while none is running
}

type editKey struct{ node, id string }

// nodeEdits is how many edits of a node are known, and are being executed.
type nodeEdits struct{ known, running int }

// execution is an edit that was taken.
type execution struct {
	key    editKey
	answer *answer
	end    time.Duration // when it ended; 0 before
}

const (
	// remember is how long it is known, after its end, that an edit was executed.
	remember = time.Minute
	// maxSeen is how old the last head of a follower may be: with what follows it to the
	// authority, less than remember.
	maxSeen = 30 * time.Second
	// maxRunning is how many edits are executed at once, maxRemembered how many are known,
	// and maxAnswers how many bytes of the answers of those that have ended. A single node
	// has a part of the first two, so that none can keep all others out.
	maxRunning        = 32
	maxRunningOfNode  = maxRunning / 2
	maxRemembered     = 1 << 16
	maxRememberedNode = maxRemembered / 4
	maxAnswers        = 32 << 20
	// holdAnswer is how long an answer waits for something to tell.
	holdAnswer = 2 * time.Second
)

// NewExecutor returns an executor that knows of no edit.
func NewExecutor(cfg ExecutorConfig) *Executor {
	x := &Executor{cfg: cfg, edits: make(map[editKey]*execution), nodes: make(map[string]*nodeEdits), idle: make(chan struct{})}
	close(x.idle)
	return x
}

// Take answers a message of a node with so many bytes of the request's answer at most. Where
// there is none of it yet, it waits for a while.
func (x *Executor) Take(ctx context.Context, node string, e *Edit, most int) Edited {
	one, refused := x.begin(node, e)
	if refused != "" {
		return Edited{ID: e.ID, Refused: refused}
	}
	ctx, cancel := context.WithTimeout(ctx, holdAnswer)
	defer cancel()
	answered := one.answer.read(ctx, e.From, most)
	answered.ID, answered.Position = e.ID, x.cfg.Position()
	return answered
}

// begin returns the execution that a message is about, which may be a new one.
func (x *Executor) begin(node string, e *Edit) (*execution, EditRefusal) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.forget()
	if e.Run != x.cfg.Run {
		return nil, EditOtherRun
	}
	key := editKey{node, e.ID}
	if one := x.edits[key]; one != nil {
		return one, ""
	}
	late := x.cfg.Now().Sub(e.Seen).Abs()
	of := x.nodes[node]
	if of == nil {
		of = new(nodeEdits)
	}
	switch {
	case e.Request == nil:
		return nil, EditForgotten
	case late > maxSeen:
		return nil, EditLate
	case !x.cfg.Leads():
		return nil, EditUnsure
	case x.stopped:
		return nil, EditStopping
	case x.running >= maxRunning, len(x.edits) >= maxRemembered, of.running >= maxRunningOfNode, of.known >= maxRememberedNode:
		return nil, EditBusy
	}
	of.known++
	of.running++
	x.nodes[node] = of
	one := &execution{key: key, answer: newAnswer()}
	x.edits[key] = one
	if x.running == 0 {
		x.idle = make(chan struct{})
	}
	x.running++
	go x.execute(one, e.Request)
	return one, ""
}

// execute answers a request. Whoever asked is not awaited by it: what was begun comes to its
// end.
func (x *Executor) execute(one *execution, r *EditRequest) {
	defer x.end(one)
	x.cfg.Execute(one.key.node, r, one.answer)
}

func (x *Executor) end(one *execution) {
	one.answer.close()
	x.mu.Lock()
	defer x.mu.Unlock()
	one.end = x.cfg.Clock()
	x.ended = append(x.ended, one)
	x.bytes += one.answer.size()
	x.nodes[one.key.node].running--
	if x.running--; x.running == 0 {
		close(x.idle)
	}
	x.forget()
}

// forget forgets what has ended long ago, and the oldest answers where there are too many
// bytes of them: that they were executed is still known. The caller holds mu.
func (x *Executor) forget() {
	now := x.cfg.Clock()
	for len(x.ended) > 0 && now-x.ended[0].end > remember {
		one := x.ended[0]
		x.ended = x.ended[1:]
		x.bytes -= one.answer.drop()
		delete(x.edits, one.key)
		if of := x.nodes[one.key.node]; of.known > 1 {
			of.known--
		} else {
			delete(x.nodes, one.key.node)
		}
	}
	for i := 0; i < len(x.ended) && x.bytes > maxAnswers; i++ {
		x.bytes -= x.ended[i].answer.drop()
	}
}

// Stop takes no more edits, and waits for those that are being executed, or until ctx ends, and
// then for their answers to be fetched, for so long at most.
func (x *Executor) Stop(ctx context.Context, fetch time.Duration) {
	x.mu.Lock()
	x.stopped = true
	idle := x.idle
	var left []*answer
	now := x.cfg.Clock()
	for _, one := range x.edits {
		if one.end == 0 || now-one.end < fetch { // who has not asked for longer is gone
			left = append(left, one.answer)
		}
	}
	x.mu.Unlock()
	select {
	case <-idle:
	case <-ctx.Done():
		return
	}
	late := time.NewTimer(fetch)
	defer late.Stop()
	for _, a := range left {
		select {
		case <-a.fetched:
		case <-late.C:
			return
		}
	}
}
