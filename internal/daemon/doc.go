// Package daemon joins the packages of sessiond and runs them: wiring and life cycle.
// It is the only package that knows all the others.
package daemon
