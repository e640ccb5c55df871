package passes

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"sessiond/internal/session"
)

// What was put into a set comes out of it, by its own name or by its folder's, and
// the set has a bound.
func TestKeySet(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		apps := rapid.SampledFrom([]int{1, 3, maxFoldersWaiting, maxFoldersWaiting + 50}).Draw(rt, "folders")
		files := rapid.SampledFrom([]int{2, maxFilesWaiting, maxFilesWaiting + 1, 2 * maxFilesWaiting}).Draw(rt, "files")
		number := rapid.IntRange(0, 4000).Draw(rt, "keys")
		var s keySet
		put := make(map[string]map[session.Key]bool) // by folder
		for i := range number {
			app := fmt.Sprintf("a.%d", i%apps)
			key := session.Key{App: app, ID: fmt.Sprint(i / apps % files)}
			if i%997 == 996 {
				key = session.Key{App: app}
			}
			room := put[app] != nil || len(put) < maxFoldersWaiting
			if s.add(key) != room {
				rt.Fatalf("%s was taken: %t, beside %d folders", key, !room, len(put))
			}
			if !room {
				continue
			}
			if put[app] == nil {
				put[app] = make(map[session.Key]bool)
			}
			put[app][key] = true
		}
		out := make(map[session.Key]bool)
		for _, key := range s.keys() {
			out[key] = true
		}
		if s.empty() != (number == 0) {
			rt.Fatalf("%d keys were put in, empty: %t", number, s.empty())
		}
		for app, keys := range put {
			whole := out[session.Key{App: app}]
			if want := len(keys) > maxFilesWaiting || keys[session.Key{App: app}]; whole != want {
				rt.Fatalf("%s has %d keys and is a whole: %t", app, len(keys), whole)
			}
			for key := range keys {
				if !whole && !out[key] {
					rt.Fatalf("%s is lost", key)
				}
				if whole && key.IsFile() && out[key] {
					rt.Fatalf("%s is there beside its folder", key)
				}
			}
		}
	})
}
