package config

// Entry describes one setting to people.
type Entry struct {
	Key     string // in the settings file; the flag has the same name
	Env     string // the environment variable
	Form    string // stands for the value: TIME, or on|off
	Usage   string // what it is for, half a sentence
	Default string // as one would write it; empty for none
	Allowed string // what may be written
}

// Reference returns all settings in the order of the help.
func Reference() []Entry {
	var entries []Entry
	for _, row := range table() {
		entries = append(entries, Entry{
			Key: row.key, Env: EnvName(row.key), Form: row.form,
			Usage: row.usage, Default: row.def, Allowed: row.allowed,
		})
	}
	return entries
}
