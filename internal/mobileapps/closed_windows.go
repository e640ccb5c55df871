package mobileapps

// FirstClosed finds nothing: rights on Windows are no bits that a sentence could name.
func FirstClosed(string) (_ Closed, found bool) { return Closed{}, false }

// EffectiveUser returns nothing, since nothing is asked about it.
func EffectiveUser() string { return "" }
