package console

import (
	"embed"
	"io/fs"
)

//go:embed assets
var embedded embed.FS

// Assets returns the files of the page.
func Assets() fs.FS {
	assets, err := fs.Sub(embedded, "assets")
	if err != nil {
		panic(err) // the name is a constant
	}
	return assets
}
