// Package law holds the built binary against the law of the refresh contract's section 6:
// the same states of the tree give the same store and errors, whatever triggered the
// passes. It needs nothing but Go.
package law
