package daemon

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"sessiond/internal/access"
	"sessiond/internal/config"
	"sessiond/internal/control"
	"sessiond/internal/replica"
)

const (
	// editsGrace is what changes for followers get for their end when the daemon is to stop, as
	// much as those for clients of the socket (control.Limits).
	editsGrace = 20 * time.Second
	// fetchGrace is what followers get then for what is left of the answers.
	fetchGrace = 3 * time.Second
)

// runEdits makes the changes that followers ask for, while the authority is live, until ctx
// ends and those that were begun have come to their end.
func (d *Daemon) runEdits(ctx context.Context) {
	p := d.publication
	edits := replica.NewExecutor(replica.ExecutorConfig{
		Run: d.store.View().Epoch(), Clock: replica.SystemClock, Now: time.Now, Leads: p.leads, Position: d.position,
		Execute: func(node string, r *replica.EditRequest, w http.ResponseWriter) {
			d.server.ServeForwarded(ctx, w, forwarded(node, r))
		},
	})
	var end func()
	defer func() {
		if end != nil {
			end()
		}
	}()
	for ctx.Err() == nil {
		live := p.Status().State == replica.StateLive
		switch {
		case live && end == nil:
			end = d.serveEdits(ctx, edits)
		case !live && end != nil:
			end()
			end = nil
		}
		select {
		case <-p.changed:
		case <-ctx.Done():
		}
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), editsGrace)
	defer cancel()
	edits.Stop(stopping, fetchGrace)
}

// leads reports whether the authority has published not longer ago than its lease is long.
// Within that no other takes over.
func (p *publication) leads() bool {
	now := p.Status()
	return now.State == replica.StateLive && now.Age < lease
}

// serveEdits takes edits from followers until end is called.
func (d *Daemon) serveEdits(ctx context.Context, edits *replica.Executor) (end func()) {
	serving, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() {
		if err := d.publication.engine.ServeEdits(serving, edits.Take); err != nil {
			d.log.Error("followers cannot ask for changes", zap.Error(err))
		}
	})
	return func() {
		cancel()
		running.Wait()
	}
}

// forwarded returns what a node asks for. What it says of its user's level is its word.
func forwarded(node string, r *replica.EditRequest) *control.Forwarded {
	level := access.Read
	if r.Level == access.Admin.String() {
		level = access.Admin
	}
	return &control.Forwarded{
		Node: node, Method: r.Method, Target: r.Target, IfMatch: r.IfMatch, Client: r.Client, Body: r.Body,
		Level: level, User: r.User, UID: r.UID, PID: r.PID,
	}
}

// mayEdit returns why the users of a node may change nothing.
func (d *Daemon) mayEdit(node string) error {
	if slices.Contains(d.settings.ReplicaEditors, node) {
		return nil
	}
	return fmt.Errorf("it is not in the setting %s of the authority, node %s", config.KeyReplicaEditors, d.publication.engine.node)
}

// position returns where a follower sees what is in memory now. It is zero where nothing is
// published now.
func (d *Daemon) position() replica.Position {
	p := d.publication.Position()
	if p != (replica.Position{}) {
		// The last pass may not have been observed yet.
		p.N = max(p.N, d.store.View().Passes())
	}
	return p
}
