//go:build unix

package control

// askAsAdmin says how to ask with the level of an administrator.
const askAsAdmin = "ask as root"
