//go:build root

package edit

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"sessiond/internal/edit"
	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// Users and groups that nobody is.
const (
	owner, other      = 61001, 61002
	ownGroup, atGroup = 62001, 62002
)

// aclOf returns a POSIX access control list as the kernel keeps it: the mode 0640, and one
// more user who may read.
func aclOf(user uint32) []byte {
	acl := binary.LittleEndian.AppendUint32(nil, 2) // the version
	for _, e := range []struct {
		tag, perm uint16
		id        uint32
	}{{1, 6, ^uint32(0)}, {2, 4, user}, {4, 4, ^uint32(0)}, {16, 4, ^uint32(0)}, {32, 0, ^uint32(0)}} {
		acl = binary.LittleEndian.AppendUint16(acl, e.tag)
		acl = binary.LittleEndian.AppendUint16(acl, e.perm)
		acl = binary.LittleEndian.AppendUint32(acl, e.id)
	}
	return acl
}

// attributesOf returns what an editor sees of a file.
func attributesOf(t *testing.T, root string) mobileapps.Attributes {
	t.Helper()
	r, err := mobileapps.NewDisk(root, 1<<20).OpenForWriting()
	must(t, err)
	defer r.Close()
	f, err := r.Open(app)
	must(t, err)
	defer f.Close()
	file, err := f.Read(key(0).ID)
	must(t, err)
	return file.Attributes
}

// Root keeps all that a file has, also through the trash, and adds nothing that its folder
// passes on.
func TestRootKeepsAttributes(t *testing.T) {
	root := newTree(t, t.TempDir(), 1)
	path := pathOf(root, key(0))
	must(t, unix.Setxattr(filepath.Dir(path), "system.posix_acl_default", aclOf(other), 0))
	must(t, os.Chown(path, owner, ownGroup))
	must(t, os.Chmod(path, 0o640))
	must(t, unix.Setxattr(path, "user.comment", []byte("anna\x00's"), 0))
	must(t, unix.Setxattr(path, "user.empty", nil, 0))
	must(t, unix.Setxattr(path, "trusted.note", []byte("x"), 0))
	must(t, unix.Setxattr(path, "security.label", []byte("a:b:c"), 0))
	trash := &memoryTrash{}
	e := edit.New(config(root, crashSettle, trash))
	defer e.Close()
	for _, acl := range [][]byte{nil, aclOf(owner + 7)} {
		t.Run(fmt.Sprintf("with a list of %d bytes", len(acl)), func(t *testing.T) {
			if acl != nil {
				must(t, unix.Setxattr(path, "system.posix_acl_access", acl, 0))
			}
			want := attributesOf(t, root)
			if len(want.Extended) < 4 || (want.Extended["system.posix_acl_access"] != nil) != (acl != nil) {
				t.Fatalf("the file has %v", want)
			}
			for _, status := range []string{session.StatusAccepted, session.StatusPending} {
				result, err := e.Change(t.Context(), key(0), edit.Set{Status: &status}, edit.Options{})
				must(t, err)
				if diff := cmp.Diff(want, attributesOf(t, root)); diff != "" || !result.Changed {
					t.Errorf("after a change (-want +got):\n%s", diff)
				}
			}
			_, err := e.Delete(t.Context(), key(0), edit.Options{})
			must(t, err)
			_, err = e.Restore(t.Context(), *trash.all[len(trash.all)-1], edit.Options{})
			must(t, err)
			if diff := cmp.Diff(want, attributesOf(t, root)); diff != "" {
				t.Errorf("after deletion and restoration (-want +got):\n%s", diff)
			}
		})
	}
}

// Users edit what they can replace without loss, and are told about the rest.
func TestUsersKeepAttributes(t *testing.T) {
	const (
		asOwner       = "61001 62001"
		asOwnerOfBoth = "61001 62001 62002"
		asMember      = "61002 62001"
		asStranger    = "61002 62002"
	)
	for name, c := range map[string]struct {
		who         string
		group       int         // of the file; the owner is always the same
		folder      os.FileMode // owner and group are the file's
		folderOwner int
		changes     edit.Kind // 0 where it does
		deletes     edit.Kind
	}{
		"the owner":                             {asOwner, ownGroup, 0o755, owner, 0, 0},
		"the owner, of another group":           {asOwnerOfBoth, atGroup, 0o755, owner, 0, 0},
		"the owner, a group of others":          {asOwner, atGroup, 0o755, owner, edit.KindRefused, 0},
		"the owner, the folder is another's":    {asOwner, ownGroup, 0o755, other, edit.KindRefused, edit.KindRefused},
		"the owner, a sticky folder":            {asOwner, ownGroup, 0o777 | os.ModeSticky, 0, 0, 0},
		"a member who may write to the folder":  {asMember, ownGroup, 0o775, owner, edit.KindRefused, 0},
		"a member, a sticky folder":             {asMember, ownGroup, 0o775 | os.ModeSticky, owner, edit.KindRefused, edit.KindRefused},
		"a member who may not":                  {asMember, ownGroup, 0o755, owner, edit.KindRefused, edit.KindRefused},
		"a stranger who may write to all":       {asStranger, ownGroup, 0o777, owner, edit.KindRefused, 0},
		"a stranger who may not read it":        {asStranger, ownGroup, 0o750, owner, edit.KindUnreadable, edit.KindUnreadable},
		"the owner, a folder that passes group": {asOwner, ownGroup, 0o777 | os.ModeSetgid, 0, 0, 0},
	} {
		for does, want := range map[string]edit.Kind{"change": c.changes, "deletion": c.deletes} {
			t.Run(name+", "+does, func(t *testing.T) {
				cr := newCrash(t, does)
				for above := cr.root; above != os.TempDir() && above != "/"; above = filepath.Dir(above) {
					must(t, os.Chmod(above, 0o755))
				}
				must(t, os.Chown(cr.path, owner, c.group))
				must(t, os.Chmod(cr.path, 0o664))
				folderGroup := c.group
				if c.folder&os.ModeSetgid != 0 {
					folderGroup = atGroup
				}
				must(t, os.Chown(filepath.Dir(cr.path), c.folderOwner, folderGroup))
				must(t, os.Chmod(filepath.Dir(cr.path), c.folder))
				must(t, os.Chmod(cr.trash, 0o777))
				before := attributesOf(t, cr.root)
				kind, said := runAs(t, cr, c.who)
				if kind != want {
					t.Errorf("it says %d, not %d: %s", kind, want, said)
				}
				is := cr.read(t, cr.path)
				if want == 0 && !bytes.Equal(is, cr.edited) || want != 0 && !bytes.Equal(is, cr.old) {
					t.Errorf("the file is %q", is)
				}
				if is != nil {
					if diff := cmp.Diff(before, attributesOf(t, cr.root)); diff != "" {
						t.Errorf("attributes (-want +got):\n%s", diff)
					}
				}
				if want == edit.KindRefused && (said[1] != "61001:"+strconv.Itoa(c.group) || said[2] != filepath.Dir(cr.path) ||
					!strings.Contains(said[3], "uid 61001")) {
					t.Errorf("it does not say what to do: %q", said)
				}
				if left := temporaries(t, cr.root); len(left) > 0 {
					t.Errorf("left behind: %q", left)
				}
			})
		}
	}
}

// runAs has a child edit as another user, and returns the kind of its error and what it says.
func runAs(t *testing.T, c *crash, user string) (edit.Kind, []string) {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), childTree+"="+c.root, childDoes+"="+c.does, childUser+"="+user)
	out, err := command.CombinedOutput()
	var exit *exec.ExitError
	switch said := strings.Split(string(out), "\n"); {
	case err == nil:
		return 0, said
	case errors.As(err, &exit) && exit.ExitCode() == refused:
		kind, err := strconv.Atoi(said[0])
		must(t, err)
		return edit.Kind(kind), said
	}
	t.Fatalf("%v: %s", err, out)
	return 0, nil
}

// What may not be replaced at all is not, not even by root.
func TestImmutable(t *testing.T) {
	const immutable, appendOnly = 0x10, 0x20 // of chattr
	for name, flag := range map[string]uint32{"immutable": immutable, "append only": appendOnly} {
		for _, what := range []string{"file", "folder"} {
			t.Run(name+" "+what, func(t *testing.T) {
				root := newTree(t, t.TempDir(), 1)
				path := pathOf(root, key(0))
				at := path
				if what == "folder" {
					at = filepath.Dir(path)
				}
				setFlags(t, at, flag, 0)
				t.Cleanup(func() { setFlags(t, at, 0, flag) })
				trash := &memoryTrash{}
				e := edit.New(config(root, crashSettle, trash))
				status := session.StatusAccepted
				_, err := e.Change(t.Context(), key(0), edit.Set{Status: &status}, edit.Options{})
				isKind(t, err, edit.KindRefused)
				_, err = e.Delete(t.Context(), key(0), edit.Options{})
				isKind(t, err, edit.KindRefused)
				e.Close()
				if data, err := os.ReadFile(path); err != nil || !bytes.Equal(data, newDocument(key(0)).bytes()) {
					t.Errorf("the file is %q, %v", data, err)
				}
				if left := temporaries(t, root); len(left) > 0 && flag != appendOnly {
					t.Errorf("left behind: %q", left)
				}
			})
		}
	}
}

// setFlags sets and clears flags of chattr.
func setFlags(t *testing.T, path string, set, unset uint32) {
	t.Helper()
	file, err := os.Open(path)
	must(t, err)
	defer file.Close()
	now, err := unix.IoctlGetUint32(int(file.Fd()), unix.FS_IOC_GETFLAGS)
	must(t, err)
	must(t, unix.IoctlSetPointerInt(int(file.Fd()), unix.FS_IOC_SETFLAGS, int(now&^unset|set)))
}

func isKind(t *testing.T, err error, want edit.Kind) *edit.Error {
	t.Helper()
	var fault *edit.Error
	if !errors.As(err, &fault) || fault.Kind != want {
		t.Fatalf("the error is %v, not one of kind %d", err, want)
	}
	return fault
}
