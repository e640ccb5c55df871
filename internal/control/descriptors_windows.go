package control

// spareDescriptors returns how many files the process may have open for the sake
// of clients. Windows has no limit that matters here.
func spareDescriptors() int { return defaultMaxConns }
