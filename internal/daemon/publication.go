package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"go.uber.org/zap"

	"sessiond/internal/api"
	"sessiond/internal/audit"
	"sessiond/internal/config"
	"sessiond/internal/metrics"
	"sessiond/internal/passes"
	"sessiond/internal/replica"
	"sessiond/internal/replica/jetstream"
	"sessiond/internal/session"
)

// lease is how long the heads of another authority may not have moved before this one takes
// over.
const lease = 5 * time.Second

// engine is the connection to the engine, and the node that the daemon is there.
type engine struct {
	*jetstream.Engine
	node string
}

// dialEngine returns what connects to servers; nil where there are none.
func dialEngine(s config.Settings, servers []string, dial func(jetstream.Config) (*jetstream.Engine, error)) (*engine, error) {
	if len(servers) == 0 {
		return nil, nil //nolint:nilnil // no servers is a valid setting
	}
	node := s.ReplicaNode
	if node == "" {
		host, err := os.Hostname()
		if err != nil {
			return nil, fmt.Errorf("cannot name this daemon as its host is named: %w", err)
		}
		node = jetstream.NodeOf(host)
	}
	connection, err := dial(jetstream.Config{
		URLs: servers, Name: s.ReplicaName, Node: node,
		Creds: s.ReplicaCreds, NKey: s.ReplicaNKey, CA: s.ReplicaCA, Cert: s.ReplicaCert, Key: s.ReplicaKey,
		Insecure: s.ReplicaInsecure,
		Copies:   s.ReplicaCopies, Memory: s.ReplicaStorage == config.StorageMemory, MaxBytes: s.ReplicaMaxBytes,
	})
	if err != nil {
		return nil, err
	}
	return &engine{connection, node}, nil
}

func (e *engine) close() {
	if e != nil {
		e.Close()
	}
}

// publication is what followers have the sessions from.
type publication struct {
	*replica.Authority
	engine *engine
	// changed has a value when the authority's state may be another than it was.
	changed chan struct{}
}

// origin is what followers are told of the authority beside its sessions: nothing that
// names one.
type origin struct {
	Version string `json:"version"`
	Root    string `json:"root"`
	Admit   string `json:"admit"`
	// Write says whether the authority changes files, Editors for which followers, too.
	Write   bool     `json:"write"`
	Editors []string `json:"editors,omitempty"`
}

// newPublication returns what publishes to an engine; nil where there is none.
func (d *Daemon) newPublication(e *engine) *publication {
	if e == nil {
		return nil
	}
	log := newReplicaLog(d.log, nil)
	p := &publication{engine: e, changed: make(chan struct{}, 1)}
	p.Authority = replica.NewAuthority(replica.AuthorityConfig{
		Log: e, Node: e.node, Run: d.store.View().Epoch(), Beat: d.settings.Beat, Lease: lease,
		Clock:  replica.SystemClock,
		Source: d.origin,
		Changed: func(s replica.Status) {
			log.tell(&s)
			d.statusChanged()
			select {
			case p.changed <- struct{}{}:
			default:
			}
		},
	})
	return p
}

func (d *Daemon) origin() []byte {
	of := origin{
		Version: d.version, Root: d.settings.Root, Admit: d.settings.Admit,
		Write: d.settings.Write, Editors: d.settings.ReplicaEditors,
	}
	text, err := json.Marshal(of)
	if err != nil { // the root's name is not UTF-8
		of.Root = ""
		text, _ = json.Marshal(of) // all of it is ours
	}
	return text
}

// runPublication publishes, and answers followers, until ctx ends. changed is called once no
// change that a follower has asked for is being made any more.
func (d *Daemon) runPublication(ctx context.Context, changed func()) {
	p := d.publication
	if p == nil {
		changed()
		return
	}
	defer p.engine.Close()
	var answering sync.WaitGroup
	answering.Go(func() {
		if err := p.engine.ServeLooks(ctx, d.lookFor); err != nil {
			d.log.Error("followers cannot ask about sessions that they lack", zap.Error(err))
		}
	})
	publishing, end := context.WithCancel(context.WithoutCancel(ctx))
	answering.Go(func() {
		defer end()
		defer changed()
		d.runEdits(ctx)
	})
	p.Run(publishing)
	answering.Wait()
}

// observePublication takes note of a pass, and does not wait for the engine.
func (d *Daemon) observePublication(p *passes.Pass) {
	if d.publication != nil {
		d.publication.Observe(p.After, &p.Outcome, !d.state.Admitting)
	}
}

// lookFor answers a follower that lacks a session.
func (d *Daemon) lookFor(ctx context.Context, key session.Key) replica.Looked {
	in, known := d.check.LookUp(ctx, key)
	return replica.Looked{Known: known, In: in, Position: d.position()}
}

var errNoFollowers = errors.New("the daemon publishes to nobody")

// adopt has published what is held for what it would remove at followers.
func (d *Daemon) adopt(by audit.Actor) (api.Removals, error) {
	if d.publication == nil {
		return api.Removals{}, errNoFollowers
	}
	removed, err := d.publication.Adopt()
	if err != nil {
		return api.Removals{}, err
	}
	d.admin.Adopted(by, fmt.Sprintf("removes %d of %d sessions at followers", removed.Removed, removed.Keys))
	return api.Removals{Removed: removed.Removed, Sessions: removed.Keys}, nil
}

// published returns what is published; nil where nothing is.
func (d *Daemon) published() *api.Replica {
	if d.publication == nil {
		return nil
	}
	now := d.publication.Status()
	return replicaStatus(&now, d.settings.ReplicaName, d.publication.engine.node)
}

// replicaState tells the metrics how what is published is.
func (d *Daemon) replicaState() metrics.Replica {
	if d.publication == nil {
		return metrics.Replica{}
	}
	return replicaMetrics(d.publication.Status())
}
