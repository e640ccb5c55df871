// Package script runs the built binary by scripts, one a feature: testdata/script, where
// README.md says what the scripts' own commands do. It needs nothing but Go.
package script
