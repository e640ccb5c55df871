package refresh

import "sync"

// texts gives equal texts the same memory: where many files are wrong, most are so in
// the same way. The zero texts is ready for use, also by several goroutines.
type texts struct {
	mu    sync.Mutex
	known map[string]string
}

// maxTexts is how many texts are known at a time.
const maxTexts = 256

// share returns an equal text, the one that others have where it is known.
func (t *texts) share(s string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if one, known := t.known[s]; known {
		return one
	}
	if t.known == nil || len(t.known) == maxTexts {
		t.known = make(map[string]string)
	}
	t.known[s] = s
	return s
}
