// Package editors saves with the programs that people use, which must be there. Its tests
// have the build tag editors.
package editors
