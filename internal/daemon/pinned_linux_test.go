package daemon

import (
	"strings"
	"testing"
)

func TestFindPinned(t *testing.T) {
	const (
		system = "305 304 0:39 / / ro - overlay overlay rw\n"
		disk   = "352 305 7:0 / /srv/4D rw,relatime master:64 - ext4 /dev/loop0 rw\n"
		above  = "337 305 0:39 /srv /srv rw,relatime master:1 - overlay overlay rw\n"
		folder = "/srv/4D/MobileApps"
	)
	for name, test := range map[string]struct{ mounts, folder, want string }{
		"nothing is mounted":           {system, folder, ""},
		"a disk":                       {system + disk, folder, ""},
		"the system's, over itself":    {system + above, folder, ""},
		"a disk below that":            {system + above + "338 337 7:0 / /srv/4D rw - ext4 /dev/loop0 rw\n", folder, ""},
		"the folder over itself":       {system + disk + "353 352 7:0 /MobileApps /srv/4D/MobileApps rw - ext4 /dev/loop0 rw\n", folder, folder},
		"a folder above, on the disk":  {system + disk + "353 352 7:0 /MobileApps /srv/4D/MobileApps rw - ext4 /dev/loop0 rw\n", folder + "/deeper", folder},
		"the mount point over itself":  {system + disk + "353 352 7:0 / /srv/4D rw - ext4 /dev/loop0 rw\n", folder, "/srv/4D"},
		"another folder of the disk":   {system + disk + "353 352 7:0 /old /srv/4D/MobileApps rw - ext4 /dev/loop0 rw\n", folder, ""},
		"another disk on the disk":     {system + disk + "353 352 7:1 / /srv/4D/MobileApps rw - ext4 /dev/loop1 rw\n", folder, ""},
		"something else over itself":   {system + disk + "353 352 7:0 /other /srv/4D/other rw - ext4 /dev/loop0 rw\n", folder, ""},
		"a name that begins the same":  {system + disk + "353 352 7:0 /Mobile /srv/4D/Mobile rw - ext4 /dev/loop0 rw\n", folder, ""},
		"a name with a blank":          {system + disk + `353 352 7:0 /a\040b /srv/4D/a\040b rw - ext4 /dev/loop0 rw` + "\n", "/srv/4D/a b", "/srv/4D/a b"},
		"what cannot be read":          {"x y\n1 z 7:0 / / rw\n" + system, folder, ""},
		"a parent that is not visible": {"353 352 7:0 /MobileApps /srv/4D/MobileApps rw - ext4 /dev/loop0 rw\n", folder, ""},
	} {
		if got := findPinned(strings.NewReader(test.mounts), test.folder); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
