package daemon

import "os"

// hangups returns a channel that never receives: Windows has no SIGHUP.
func hangups() <-chan os.Signal { return nil }

// outliveReaders has nothing to do: Windows has no SIGPIPE.
func outliveReaders() {}
