package config

import (
	"path/filepath"

	"sessiond/internal/programdata"
)

func defaultFile() string { return filepath.Join(programdata.Folder(), "config.yaml") }

func checkFolder() error { return programdata.Check() }
