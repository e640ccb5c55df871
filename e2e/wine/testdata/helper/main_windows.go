package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"
)

func main() {
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(verb string, args []string) error {
	switch verb {
	case "open": // PIPE: open it, and close it again
		handle, err := open(args[0], windows.GENERIC_READ, windows.FILE_SHARE_READ)
		if err != nil {
			return err
		}
		return windows.CloseHandle(handle)
	case "hold": // FILE: share it with nobody until the input ends
		handle, err := open(args[0], windows.GENERIC_READ|windows.GENERIC_WRITE, 0)
		if err != nil {
			return err
		}
		fmt.Println("held")
		_, _ = io.Copy(io.Discard, os.Stdin)
		return windows.CloseHandle(handle)
	case "hide": // FILE: give it the attribute
		path, err := windows.UTF16PtrFromString(args[0])
		if err != nil {
			return err
		}
		return windows.SetFileAttributes(path, windows.FILE_ATTRIBUTE_HIDDEN)
	case "attributes": // FILE: show them
		path, err := windows.UTF16PtrFromString(args[0])
		if err != nil {
			return err
		}
		attributes, err := windows.GetFileAttributes(path)
		fmt.Println(attributes)
		return err
	case "short": // FILE: show its short name and that of its folder
		return showShort(args[0])
	case "write": // FILE TEXT: write in place
		return os.WriteFile(args[0], []byte(args[1]), 0o600)
	case "control": // SERVICE CODE: ask the control manager
		return control(args[0], args[1])
	}
	return fmt.Errorf("unknown verb %q", verb)
}

func open(name string, access, share uint32) (windows.Handle, error) {
	path, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return 0, err
	}
	return windows.CreateFile(path, access, share, nil, windows.OPEN_EXISTING, 0, 0)
}

func showShort(name string) error {
	path, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return err
	}
	var short [windows.MAX_LONG_PATH]uint16
	if _, err := windows.GetShortPathName(path, &short[0], uint32(len(short))); err != nil {
		return err
	}
	at := windows.UTF16ToString(short[:])
	fmt.Print(filepath.Join(filepath.Base(filepath.Dir(at)), filepath.Base(at)))
	return nil
}

func control(name, code string) error {
	number, err := strconv.ParseUint(code, 10, 32)
	if err != nil {
		return err
	}
	manager, err := mgr.Connect()
	if err != nil {
		return err
	}
	service, err := manager.OpenService(name)
	if err != nil {
		return err
	}
	_, err = service.Control(svc.Cmd(number))
	return err
}
