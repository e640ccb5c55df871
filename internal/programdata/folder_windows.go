package programdata

import (
	"errors"
	"fmt"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Folder returns the path of the folder. It asks the system, not the environment,
// which any user can set.
func Folder() string {
	data, err := windows.KnownFolderPath(windows.FOLDERID_ProgramData, windows.KF_FLAG_DEFAULT)
	if err != nil {
		data = `C:\ProgramData`
	}
	return filepath.Join(data, "sessiond")
}

// Ensure makes the folder where there is none, and returns an error where what is
// there is not to be trusted: see [Check].
func Ensure() error {
	if err := create(Folder()); err != nil && !errors.Is(err, windows.ERROR_ALREADY_EXISTS) {
		return fmt.Errorf("cannot make the folder %q: %w", Folder(), err)
	}
	return Check()
}

// Check returns an error unless the folder is owned by the administrators, the
// system or the user of this process, and nobody else may change it. A link to
// such a folder is refused, since its owner could turn it elsewhere.
func Check() error {
	trusted, err := trustedUsers()
	if err != nil {
		return fmt.Errorf("cannot tell whom to trust with %q: %w", Folder(), err)
	}
	found, err := read(Folder())
	if err != nil {
		return fmt.Errorf("cannot read who may change %q: %w", Folder(), err)
	}
	if err := found.check(trusted); err != nil {
		return fmt.Errorf("cannot trust the folder %q: %w; move it away, and sessiond makes a new one", Folder(), err)
	}
	return nil
}

// trustedUsers returns the security identifiers of the administrators, the system
// and, unless it is one of them, the user of this process; first that which owns
// what this process makes. A process of an administrator that has not been given
// an administrator's rights counts as one of an ordinary user.
func trustedUsers() ([]string, error) {
	group, err := windows.StringToSid(administrators)
	if err != nil {
		return nil, err
	}
	trusted := []string{administrators, localSystem}
	if member, err := windows.Token(0).IsMember(group); err != nil || member {
		return trusted, err
	}
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	return append([]string{user.User.Sid.String()}, trusted...), nil
}

func create(folder string) error {
	trusted, err := trustedUsers()
	if err != nil {
		return err
	}
	path, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return err
	}
	with, err := windows.SecurityDescriptorFromString(descriptor(trusted))
	if err != nil {
		return err
	}
	attributes := windows.SecurityAttributes{SecurityDescriptor: with}
	attributes.Length = uint32(unsafe.Sizeof(attributes))
	return windows.CreateDirectory(path, &attributes)
}

// read returns who owns a folder and who may do what with it. Kind and rights are
// asked of one handle, so that they are of one folder.
func read(folder string) (security, error) {
	path, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return security{}, err
	}
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	const flags = windows.FILE_FLAG_BACKUP_SEMANTICS | windows.FILE_FLAG_OPEN_REPARSE_POINT
	handle, err := windows.CreateFile(path, windows.READ_CONTROL|windows.FILE_READ_ATTRIBUTES, share, nil, windows.OPEN_EXISTING, flags, 0)
	if err != nil {
		return security{}, err
	}
	defer func() { _ = windows.CloseHandle(handle) }()

	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(handle, &info); err != nil {
		return security{}, err
	}
	const kind = windows.FILE_ATTRIBUTE_DIRECTORY | windows.FILE_ATTRIBUTE_REPARSE_POINT
	if info.FileAttributes&kind != windows.FILE_ATTRIBUTE_DIRECTORY {
		return security{}, errors.New("it is not a folder, or a link to one")
	}
	found, err := windows.GetSecurityInfo(handle, windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION|windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return security{}, err
	}
	return describe(found)
}

func describe(found *windows.SECURITY_DESCRIPTOR) (security, error) {
	owner, _, err := found.Owner()
	if err != nil {
		return security{}, err
	}
	described := security{owner: owner.String()}
	list, _, err := found.DACL()
	if errors.Is(err, windows.ERROR_OBJECT_NOT_FOUND) || err == nil && list == nil {
		described.unrestricted = true
		return described, nil
	}
	if err != nil {
		return security{}, err
	}
	for i := range uint32(list.AceCount) {
		var ace *windows.ACCESS_ALLOWED_ACE
		if err := windows.GetAce(list, i, &ace); err != nil {
			return security{}, err
		}
		e := entry{kind: ace.Header.AceType, mask: uint32(ace.Mask)}
		if e.kind == typeAllow || e.kind == typeDeny { // the others have no SID at this place
			e.sid = (*windows.SID)(unsafe.Pointer(&ace.SidStart)).String() //nolint:gosec // the entry ends with its SID
		}
		described.entries = append(described.entries, e)
	}
	return described, nil
}
