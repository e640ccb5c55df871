// Package config reads sessiond's settings: from flags, from the environment,
// from a YAML file and from defaults, in this order of precedence.
//
// Every setting is one row of one table: its key, what it is for, its default,
// what is allowed, and how its text is read. The flag --log-level, the
// environment variable SESSIOND_LOG_LEVEL and the key log-level in the file are
// the same row. An unknown key or a bad value, wherever it stands and whether or
// not another place overrides it, is an [Error] that names the key, the place
// and what is allowed.
package config
