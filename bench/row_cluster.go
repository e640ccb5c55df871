//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// followersInCluster is how many daemons follow while edits are measured.
const followersInCluster = 3

// cluster is a nats-server, a daemon that publishes to it, and those that follow.
type cluster struct {
	lab       *lab
	binary    int
	tree      *tree
	broker    *broker
	authority *daemon
	followers []*daemon
	// published is how long the authority took, from its start, to have all in the stream.
	published time.Duration
}

func (l *lab) newCluster(ctx context.Context, binary int, t *tree) (*cluster, error) {
	c := &cluster{lab: l, binary: binary, tree: t}
	var err error
	if c.broker, err = l.startBroker(ctx); err != nil {
		return nil, err
	}
	if c.published, err = c.publish(ctx); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *cluster) close() {
	endAll(c.followers)
	if c.authority != nil {
		c.authority.end()
	}
	c.broker.end()
}

// publish starts the authority, and returns how long it takes until the stream has all.
func (c *cluster) publish(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	d, err := c.lab.start(ctx, c.binary, c.tree.root, "--admit", "follow", "--publish", c.broker.url(), "--replica-node", "authority")
	if err != nil {
		return 0, err
	}
	c.authority = d
	_, err = d.reaches(ctx, "live")
	return time.Since(began), err
}

// follow starts a follower, and returns how long it takes until it shows what the authority
// does.
func (c *cluster) follow(ctx context.Context, node string) (time.Duration, error) {
	began := time.Now()
	d, err := c.lab.startAs(ctx, command(ctx, c.lab.binaries[c.binary], "run", "--follow", c.broker.url(), "--replica-node", node))
	if err != nil {
		return 0, err
	}
	c.followers = append(c.followers, d)
	_, err = d.reaches(ctx, "following")
	return time.Since(began), err
}

// replicaStatus is what a daemon says of what it publishes or follows.
type replicaStatus struct {
	State string `json:"state"`
	Sum   string `json:"sum"` // of all that it has
}

// reaches waits until the replica is in a state.
func (d *daemon) reaches(ctx context.Context, state string) (replicaStatus, error) {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		s, err := d.status()
		if err != nil {
			return replicaStatus{}, err
		}
		if s.Replica.State == state {
			return s.Replica, nil
		}
		if err := wait(ctx, 20*time.Millisecond); err != nil {
			return replicaStatus{}, err
		}
	}
	return replicaStatus{}, fmt.Errorf("the replica does not become %s", state)
}

// clusterLines are what is measured of a cluster.
type clusterLines struct {
	visible, late, roundTrip       *line
	published, publishing, again   *line
	written                        *line
	cold, taking, serving, byFiles *line
	follower, authority, server    *line
	disk, sent                     *line
}

func (l *lab) newClusterLines(at string) clusterLines {
	r := &l.report
	return clusterLines{
		visible:    r.percentile(50, "edit to visible at three followers, "+at+", p50", "ms", ""),
		late:       r.percentile(99, "  p99", "ms", "≤ 50"),
		roundTrip:  r.percentile(50, "  a message through nats-server and back, p50", "ms", ""),
		sent:       r.line("  what the server sends a follower, an edit", "bytes", ""),
		published:  r.line("authority: start to all published, nats-server empty, "+at, "s", ""),
		publishing: r.line("  its time on a processor, its first load included", "µs a session", ""),
		again:      r.line("  started again: start to live", "s", ""),
		written:    r.line("  messages that it publishes then", "", "≤ 30"),
		cold:       r.line("follower: start to all shown, nothing there before, "+at, "s", ""),
		taking:     r.line("  its time on a processor", "µs a session", ""),
		serving:    r.line("  that of nats-server for it", "µs a session", ""),
		byFiles:    r.line("  a start over the files themselves, beside it", "s", ""),
		follower:   r.line("  resident memory beyond an empty daemon", "bytes a session", ""),
		authority:  r.line("  the authority's", "bytes a session", ""),
		server:     r.line("  that of nats-server, all of it", "bytes a session", ""),
		disk:       r.line("  what nats-server has on its disk", "bytes a session", ""),
	}
}

// clusters measures a daemon that publishes, and those that follow it.
func (l *lab) clusters(ctx context.Context, files int) error {
	trees, err := l.twins(ctx, layout{shape: l.shape, files: files, perFolder: folderSize})
	if err != nil {
		return err
	}
	lines := l.newClusterLines(thousands(files))
	for range l.rounds {
		for i, t := range trees {
			c, err := l.newCluster(ctx, i, t)
			if err != nil {
				return err
			}
			err = c.measure(ctx, lines)
			c.close()
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *cluster) measure(ctx context.Context, lines clusterLines) error {
	busy, err := activityOf(c.authority.pid())
	if err != nil {
		return err
	}
	lines.published.add(c.binary, c.published.Seconds())
	lines.publishing.add(c.binary, c.each(busy.onCPU))
	for _, measure := range []func(context.Context, clusterLines) error{c.snapshot, c.edits, c.restart} {
		if err := measure(ctx, lines); err != nil {
			return err
		}
	}
	return nil
}

// snapshot starts the followers, one after another, and sees what the first has cost.
func (c *cluster) snapshot(ctx context.Context, lines clusterLines) error {
	direct, err := c.lab.start(ctx, c.binary, c.tree.root)
	if err != nil {
		return err
	}
	direct.end()
	lines.byFiles.add(c.binary, direct.ready.Seconds())
	serving, err := activityOf(c.broker.pid())
	if err != nil {
		return err
	}
	for n := range followersInCluster {
		took, err := c.follow(ctx, fmt.Sprint("follower-", n))
		if err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		taking, err := activityOf(c.followers[0].pid())
		served, err2 := activityOf(c.broker.pid())
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		lines.cold.add(c.binary, took.Seconds())
		lines.taking.add(c.binary, c.each(taking.onCPU))
		lines.serving.add(c.binary, c.each(served.onCPU-serving.onCPU))
	}
	if err := wait(ctx, 2*time.Second); err != nil { // what is left over is given back
		return err
	}
	return c.memory(ctx, lines)
}

// each returns the share of a session, in microseconds.
func (c *cluster) each(d time.Duration) float64 { return d.Seconds() * 1e6 / float64(c.tree.files) }

func (c *cluster) memory(ctx context.Context, lines clusterLines) error {
	none, err := c.lab.life(ctx, c.binary, c.lab.emptyRoot(), 0)
	if err != nil {
		return err
	}
	for line, pid := range map[*line]int{lines.follower: c.followers[0].pid(), lines.authority: c.authority.pid(), lines.server: c.broker.pid()} {
		resident, err := residentBytes(pid)
		if err != nil {
			return err
		}
		if line != lines.server {
			resident -= none.resident
		}
		line.add(c.binary, resident/float64(c.tree.files))
	}
	kept, err := c.broker.kept()
	lines.disk.add(c.binary, kept/float64(c.tree.files))
	return err
}

// edits measures how long edits take to be visible at all followers.
func (c *cluster) edits(ctx context.Context, lines clusterLines) error {
	var watching []*editor
	defer func() {
		for _, e := range watching {
			e.close()
		}
	}()
	for _, d := range c.followers {
		e, err := c.lab.newEditor(d, c.tree)
		if err != nil {
			return err
		}
		watching = append(watching, e)
	}
	edits := c.lab.edits
	before, err := c.broker.sent(ctx)
	if err != nil {
		return err
	}
	took, err := visibleToAll(ctx, watching, edits)
	after, err2 := c.broker.sent(ctx)
	trips, err3 := c.broker.roundTrips(edits)
	if err := errors.Join(err, err2, err3); err != nil {
		return err
	}
	lines.sent.add(c.binary, (after-before)/float64(edits*len(c.followers)))
	lines.visible.add(c.binary, took...)
	lines.late.add(c.binary, took...)
	lines.roundTrip.add(c.binary, trips...)
	return c.sums(ctx)
}

// visibleToAll makes edits 60 ms apart, and returns how long each took to be visible to all.
func visibleToAll(ctx context.Context, watching []*editor, n int) ([]float64, error) {
	made := make([][]*edited, n) // of each edit, what each waits for
	clock := time.NewTicker(brisk)
	defer clock.Stop()
	for i := range n {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-clock.C:
		}
		k, first, data := watching[0].next(watching[0].anyFile())
		for _, e := range watching {
			w := &edited{email: first.email}
			e.await(k, w)
			made[i] = append(made[i], w)
		}
		began, err := rename(watching[0].tree.path(k), data)
		if err != nil {
			return nil, fmt.Errorf("cannot save a session file: %w", err)
		}
		first.began = began
		for _, w := range made[i] {
			w.began = began
		}
	}
	var durations []float64
	for _, e := range watching {
		if err := e.settled(ctx); err != nil {
			return nil, err
		}
	}
	for _, all := range made {
		var last time.Duration
		for _, w := range all {
			last = max(last, w.seen.Sub(w.began))
		}
		durations = append(durations, milliseconds(last))
	}
	return durations, nil
}

// sums fails unless all followers have what the authority has.
func (c *cluster) sums(ctx context.Context) error {
	want, err := c.authority.reaches(ctx, "live")
	if err != nil {
		return err
	}
	for _, d := range c.followers {
		if got, err := d.reaches(ctx, "following"); err != nil || got.Sum != want.Sum {
			return errors.Join(err, fmt.Errorf("a follower has %s, and the authority %s", got.Sum, want.Sum))
		}
	}
	return nil
}

// restart ends the authority and starts it again, over files that are what was published.
func (c *cluster) restart(ctx context.Context, lines clusterLines) error {
	before, err := c.broker.written(ctx)
	if err != nil {
		return err
	}
	c.authority.end()
	took, err := c.publish(ctx)
	if err != nil {
		return err
	}
	after, err := c.broker.written(ctx)
	lines.again.add(c.binary, took.Seconds())
	lines.written.add(c.binary, after-before)
	return errors.Join(err, c.sums(ctx))
}
