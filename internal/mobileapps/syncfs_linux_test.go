package mobileapps

import (
	"errors"
	"io/fs"
	"testing"
)

func TestWhichKernelsTellOfFailedWrites(t *testing.T) {
	for release, want := range map[string]bool{
		"5.8.0-1-amd64": true, "5.10.0": true, "6.1": true, "10.0.0": true,
		"5.7.19": false, "4.18.0-553.el8_10.x86_64": false, "3.10.0": false, "": false, "x": false,
	} {
		if got := tellsOfFailedWrites(release); got != want {
			t.Errorf("%q: %t", release, got)
		}
	}
}

// New files may be had on disk one by one or all at once.
func TestSyncNewFiles(t *testing.T) {
	f := openForWriting(t, NewBounded(NewDisk(newTree(t), maxFileSize), 0))
	_, err := f.Create(NewFile{Name: temporaryFile, Data: []byte("new"), Like: Attributes{Mode: 0o600}, Unsynced: true})
	must(t, err)
	must(t, f.SyncFile(temporaryFile))
	if err := f.SyncFile(testFile); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("a session file: %v", err)
	}
	if err := f.SyncFileSystem(); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
	if err := SyncFileSystem(-1); err == nil {
		t.Error("what is not open was synced")
	}
}
