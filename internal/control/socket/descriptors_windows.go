package socket

// DefaultMaxConns returns how many connections may be open where nobody says. Windows
// has no limit on open files that matters here.
func DefaultMaxConns() int { return maxConns }
