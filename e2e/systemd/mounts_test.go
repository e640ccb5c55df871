//go:build systemd && linux

package systemd

import (
	"strings"
	"testing"
)

// machineDisk is a disk with a MobileApps folder in a machine, and where it is mounted.
type machineDisk struct {
	*machine
	image, at string
}

// newMachineDisk makes a disk with the examples in the machine. A machine has no loop
// devices of its own: it gets the host's.
func newMachineDisk(m *machine, at string) machineDisk {
	m.t.Helper()
	d := machineDisk{machine: m, image: "/var/disk.img", at: at}
	m.shell(`
		test -e /dev/loop-control || mknod /dev/loop-control c 10 237
		for n in $(seq 0 63); do test -e /dev/loop$n || mknod /dev/loop$n b 7 $n; done`)
	m.shell("truncate -s 16M " + d.image + "; mkfs.ext4 -q " + d.image)
	m.must("mkdir", "-p", at)
	m.t.Cleanup(func() { m.run("umount", "--all", "--types", "ext4") }) // so that no loop device is left over
	return d
}

func (d machineDisk) mount() {
	d.t.Helper()
	d.must("mount", "-o", "loop", d.image, d.at)
}

// fill brings the examples onto the disk, which is mounted.
func (d machineDisk) fill(root string) {
	d.t.Helper()
	const examples = "/var/examples" // this host cannot see what is mounted in the machine
	d.copyTree("../../examples/MobileApps", examples)
	d.shell("mkdir -p " + root + "; cp -r " + examples + "/. " + root)
}

// unmount takes the disk away. It is busy for the moment that a pass looks at it.
func (d machineDisk) unmount() {
	d.t.Helper()
	d.until("the disk can be unmounted", func() bool { return d.run("umount", d.at).Status == 0 })
}

// TestSystemdMounts unmounts the disk that the root is on, and mounts it again, under
// the units as they are shipped. The service has a view of mounts of its own: it must see
// the disk go, keep its sessions, and see it and its edits when it is back.
func TestSystemdMounts(t *testing.T) {
	m := withUnits(t)
	for _, place := range []struct{ what, at, root string }{
		{"at the root", "/srv/4D/MobileApps", "/srv/4D/MobileApps"},
		{"above the root", "/mnt/disk", "/mnt/disk/4D/MobileApps"},
		{"in a home", "/home/disk", "/home/disk/MobileApps"},
		{"at the homes", "/home", "/home/MobileApps"},
	} {
		for _, late := range []bool{false, true} {
			name := place.what
			if late {
				name += ", mounted after the start"
			}
			t.Run(name, func(t *testing.T) {
				d := newMachineDisk(m.in(t), place.at)
				d.mount()
				d.fill(place.root)
				if late {
					d.unmount()
				}
				m := m.in(t)
				m.write("/etc/sessiond/config.yaml", "root: "+place.root+"\npoll: 200ms\n")
				m.run("systemctl", "reset-failed", "sessiond.service", "sessiond.socket") // it is started more often than units allow
				m.must("systemctl", "restart", "sessiond")
				if late {
					d.mount()
				}
				if own := m.shell(`readlink /proc/$(systemctl show --value --property=MainPID sessiond)/ns/mnt`); own == m.must("readlink", "/proc/1/ns/mnt") {
					t.Errorf("the service has the machine's view of mounts, %s", own)
				}
				edit := place.root + "/" + machineSession
				for _, email := range []string{"first@example.net", "second@example.net"} {
					m.shell(`sed -i 's/"email": *"[^"]*"/"email": "` + email + `"/' ` + edit)
					m.until("the sessions are there, and the edit is seen", func() bool {
						return strings.HasPrefix(m.property("sessiond", "StatusText"), "6 sessions, watching") &&
							strings.Contains(m.must("sessiond", "show", machineSession, "--output", "json"), email)
					})
					d.unmount()
					m.until("the service knows that the disk is away", func() bool {
						return strings.Contains(m.must("sessiond", "status"), "invalid cross-device link")
					})
					if r := m.run("systemctl", "reload", "sessiond"); r.Status == 0 {
						t.Error("a reload succeeded that could judge nothing")
					}
					if got := strings.Count(m.must("sessiond", "list", "--output", "json"), `"email"`); got != 6 {
						t.Errorf("while the disk is away there are %d sessions, want 6", got)
					}
					d.mount()
				}
			})
		}
	}
}
