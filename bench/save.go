//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// began is when a file was as it is to be.
type began = time.Time

// save saves a file. It returns when the file was as it is to be: just before the
// call that makes it so.
type save func(path string, data []byte) (began, error)

// rename saves a file by renaming another one into its place.
func rename(path string, data []byte) (began, error) {
	temporary := path + ".tmp"
	if err := os.WriteFile(temporary, data, 0o600); err != nil {
		return began{}, err
	}
	return renameTo(temporary, path)
}

func renameTo(temporary, path string) (began, error) {
	at := time.Now()
	return at, os.Rename(temporary, path)
}

// renameFrom saves a file by renaming one from another folder into its place,
// which gives one event and no other.
func renameFrom(dir string) save {
	return func(path string, data []byte) (began, error) {
		temporary := filepath.Join(dir, "edited")
		if err := os.WriteFile(temporary, data, 0o600); err != nil {
			return began{}, fmt.Errorf("cannot write a file: %w", err)
		}
		return renameTo(temporary, path)
	}
}

// rewrite saves a file in place, as 4D does: it is emptied, and then written in
// pieces, in this example after a while.
func rewrite(empty time.Duration) save {
	const piece = 200
	return func(path string, data []byte) (began, error) {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return began{}, err
		}
		if empty > 0 {
			<-time.After(empty)
		}
		for len(data) > 0 && err == nil {
			n := min(piece, len(data))
			_, err = f.Write(data[:n])
			data = data[n:]
		}
		at := time.Now()
		return at, errors.Join(err, f.Close())
	}
}
