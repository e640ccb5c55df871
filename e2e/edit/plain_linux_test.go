//go:build root

package edit

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"sessiond/internal/edit"
)

// plainNode is of a file system that knows one kind of rename only, as NFS does.
type plainNode struct{ *fs.LoopbackNode }

// WrapChild implements fs.NodeWrapChilder.
func (n *plainNode) WrapChild(_ context.Context, child fs.InodeEmbedder) fs.InodeEmbedder {
	return &plainNode{child.(*fs.LoopbackNode)}
}

// Rename implements fs.NodeRenamer.
func (n *plainNode) Rename(ctx context.Context, name string, to fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	if flags != 0 {
		return syscall.EINVAL
	}
	return n.LoopbackNode.Rename(ctx, name, to, newName, flags)
}

// A file system that cannot exchange two names is told apart: a change is refused with the
// reason, a deletion and its restoration do without.
func TestFileSystemWithoutExchange(t *testing.T) {
	behind, at := t.TempDir(), t.TempDir()
	newTree(t, behind, 1)
	node := &plainNode{&fs.LoopbackNode{RootData: &fs.LoopbackRoot{Path: behind}}}
	server, err := fs.Mount(at, node, &fs.Options{MountOptions: fuse.MountOptions{DirectMountStrict: true}})
	must(t, err)
	defer func() { must(t, server.Unmount()) }()

	trash := &memoryTrash{}
	root := filepath.Join(at, "MobileApps")
	e := edit.New(config(root, crashSettle, trash))
	defer e.Close()
	fault := isKind(t, edits()["change"](e, ""), edit.KindRefused)
	if fault.Remedy == "" || fault.Folder != filepath.Join(root, app) {
		t.Errorf("it does not say what to do: %+v", fault)
	}
	if left := temporaries(t, filepath.Join(behind, "MobileApps")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	path := pathOf(filepath.Join(behind, "MobileApps"), key(0))
	must(t, edits()["deletion"](e, ""))
	if _, err := os.Stat(path); err == nil {
		t.Error("it is still there")
	}
	_, err = e.Restore(t.Context(), *trash.all[0], edit.Options{})
	must(t, err)
	is, err := os.ReadFile(path)
	must(t, err)
	if !bytes.Equal(is, trash.all[0].Data) {
		t.Errorf("it is %q", is)
	}
	if left := temporaries(t, filepath.Join(behind, "MobileApps")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
