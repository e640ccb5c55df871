//go:build !linux

package mobileapps

// lowered is for Linux, where each thread has a priority of its own.
type lowered struct{}

func mayGiveWay() bool                      { return false }
func (*boundedFolder) giveWay() (l lowered) { return l }
func (lowered) let()                        { /* nothing was lowered */ }
func (lowered) end()                        { /* nothing was lowered */ }
