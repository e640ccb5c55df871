package passes

import "time"

// maxPause is the longest pause after a pass that nobody asked for.
const maxPause = 25 * time.Millisecond

// pace holds back passes that nobody asked for, so that a storm of changes does
// not fill a processor: the next begins no sooner than the last one took, maxPause
// later at most (refresh contract, section 6, "File change"). The zero pace holds
// nothing back. Times are on the clock's monotonic time.
type pace struct{ until time.Duration }

// took notes that such a pass began and ended.
func (p *pace) took(begin, end time.Duration) { p.until = end + min(end-begin, maxPause) }

// left returns how long the next has to wait yet.
func (p *pace) left(now time.Duration) time.Duration { return max(p.until-now, 0) }
