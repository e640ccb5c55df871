package console

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"time"

	"sessiond/internal/api"
)

// asset is a file of the page.
type asset struct {
	contentType string
	etag        string
	body        []byte
}

// assetTypes are the content types by the ending of a name. Package mime would ask the
// system, and some say that JavaScript is text.
func assetType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".json":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}

// readAssets returns the files of the page by their paths.
func readAssets(files fs.FS) (map[string]*asset, error) {
	all := make(map[string]*asset)
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		all["/"+name] = &asset{assetType(name), strconv.Quote(hex.EncodeToString(sum[:16])), body}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the files of the page: %w", err)
	}
	if all["/"] = all["/index.html"]; all["/"] == nil {
		return nil, fmt.Errorf("cannot read the files of the page: there is no index.html")
	}
	return all, nil
}

// serveAsset answers with a file of the page.
func (s *Server) serveAsset(w http.ResponseWriter, r *http.Request) {
	file := s.assets[r.URL.Path]
	switch {
	case file == nil:
		fail(w, api.NewProblem(api.KindUnknownRoute, fmt.Sprintf("there is no %q", r.URL.Path)))
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		fail(w, api.NewProblem(api.KindWrongMethod, fmt.Sprintf("%q does not take %s", r.URL.Path, r.Method)))
		return
	}
	w.Header().Set("Content-Type", file.contentType)
	w.Header().Set("Cache-Control", "no-cache") // asked for again, by its tag
	w.Header().Set("ETag", file.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file.body))
}
