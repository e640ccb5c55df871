package service

import (
	"errors"
	"os"
	"os/user"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// nobody is the user and the group that the kernel gives to nobody else.
const nobody = 65534

// AsUser calls f, whose access to files is judged as that of the user whom the units
// name; where there is none yet, as that of somebody who is in no group. It takes root,
// and is not called where another service manager than systemd, which has no units, runs
// the service. What drop-ins of the unit change is not known.
func (m *Manager) AsUser(f func(user string)) {
	if !m.places.systemd() || os.Geteuid() != 0 {
		return
	}
	asUser(unitUser, []string{unitAdmins}, f)
}

// asUser calls f on a thread of its own, which has the rights of a user and of some
// groups.
func asUser(name string, more []string, f func(user string)) {
	uid, gid, groups := idsOf(name, more)
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		// The file system's user is that of the thread alone, and takes the
		// capabilities of root from it that are about files.
		if errors.Join(unix.Setgroups(groups), unix.Setfsgid(gid), unix.Setfsuid(uid)) == nil {
			f(name)
		}
	}()
	<-done
}

// idsOf returns the numbers of a user and of all groups that it is in.
func idsOf(name string, more []string) (uid, gid int, groups []int) {
	uid, gid = nobody, nobody
	if found, err := user.Lookup(name); err == nil {
		uid, gid = number(found.Uid), number(found.Gid)
		ids, _ := found.GroupIds() // without them, access is judged too strictly
		for _, id := range ids {
			groups = append(groups, number(id))
		}
	}
	for _, name := range more {
		if found, err := user.LookupGroup(name); err == nil {
			groups = append(groups, number(found.Gid))
		}
	}
	return uid, gid, groups
}

func number(id string) int {
	n, err := strconv.Atoi(id)
	if err != nil {
		return nobody
	}
	return n
}
