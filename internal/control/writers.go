package control

import "sync"

// writers counts the requests that are being answered and that change session files, or
// what is kept of them. Their clients must learn what became of it, also where the daemon
// ends meanwhile.
type writers struct {
	mu      sync.Mutex
	running int
	none    chan struct{} // closed while there are none
}

func newWriters() *writers {
	w := &writers{none: make(chan struct{})}
	close(w.none)
	return w
}

func (w *writers) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running == 0 {
		w.none = make(chan struct{})
	}
	w.running++
}

func (w *writers) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running--; w.running == 0 {
		close(w.none)
	}
}

// idle returns a channel that is closed once there are none.
func (w *writers) idle() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.none
}
