//go:build systemd && linux

package systemd

import (
	"strings"
	"testing"
)

// writingDropIn lets the service write, as docs/OPERATIONS.md shows it.
const writingDropIn = `[Service]
User=fourd
Group=fourd
SupplementaryGroups=sessiond
ReadWritePaths=-/srv
`

// TestSystemdWriting lets the service write by the drop-in that docs/OPERATIONS.md shows:
// as the user of a 4D server, to a folder above the mount point that the root is on. What
// an edit does to a file succeeds within the sandbox, and nothing else can be written. An
// unmount of the disk is seen, unless a folder on the disk is named: then the status says
// that systemd pins it.
func TestSystemdWriting(t *testing.T) {
	m := withUnits(t)
	m.must("systemd-sysusers", "--inline", "u fourd -", "g phones -")
	d := newMachineDisk(m, "/srv/4D")
	d.mount()
	d.fill("/srv/4D/MobileApps")
	m.shell("chown -R fourd:fourd /srv/4D/MobileApps")
	m.write("/etc/sessiond/config.yaml", "root: /srv/4D/MobileApps\npoll: 200ms\nadmin-group: sessiond-admin\n")
	const dropIns = "/etc/systemd/system/sessiond.service.d/"
	m.must("mkdir", "-p", dropIns)
	m.write("/usr/bin/try-to-write", `#!/bin/sh
set -eux
cd /srv/4D/MobileApps/`+machineApp+`
echo {} >.try.tmp
chgrp phones .try.tmp
chmod 0640 .try.tmp
sync .try.tmp
mv .try.tmp .tried.tmp
rm .tried.tmp
chgrp sessiond-admin /var/log/sessiond # as of the audit log
touch /var/lib/sessiond/x /var/log/sessiond/x
for folder in /etc /usr /var /home; do ! touch $folder/x; done
`)
	m.must("chmod", "0755", "/usr/bin/try-to-write")
	m.write(dropIns+"try.conf", "[Service]\nSupplementaryGroups=phones\nExecStartPre=/usr/bin/try-to-write\n")
	for _, c := range []struct{ name, paths, pinned string }{
		{"a folder above the mount point", "ReadWritePaths=-/srv", ""},
		{"the mount point", "ReadWritePaths=-/srv/4D", ""},
		{"a folder on the disk", "ReadWritePaths=-/srv/4D/MobileApps", "/srv/4D/MobileApps"},
		{"the mount point, bound", "BindPaths=-/srv/4D", "/srv/4D"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := m.in(t)
			m.write(dropIns+"write.conf", strings.Replace(writingDropIn, "ReadWritePaths=-/srv", c.paths, 1))
			m.must("systemctl", "daemon-reload")
			m.run("systemctl", "reset-failed", "sessiond.service", "sessiond.socket") // it is started more often than units allow
			if r := m.run("systemctl", "restart", "sessiond"); r.Status != 0 {
				t.Fatal(m.must("journalctl", "--unit=sessiond.service", "--output=cat"))
			}
			if got := m.shell("stat -c '%U %a' /var/log/sessiond /var/lib/sessiond"); got != "fourd 755\nfourd 700" {
				t.Errorf("the folders of the service belong to %q", got)
			}
			status := m.must("sessiond", "status")
			if pinned := strings.Contains(status, `"`+c.pinned+`" is mounted over itself`); pinned != (c.pinned != "") {
				t.Errorf("the status says\n%s", status)
			}
			d.unmount()
			defer d.mount()
			if c.pinned != "" {
				m.must("sessiond", "refresh") // it sees the old files
				return
			}
			m.until("the service knows that the disk is away", func() bool {
				return strings.Contains(m.must("sessiond", "status"), "invalid cross-device link")
			})
		})
	}
}
