package daemon

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sessiond/internal/access"
	"sessiond/internal/admin"
	"sessiond/internal/audit"
	"sessiond/internal/config"
	"sessiond/internal/mobileapps"
	"sessiond/internal/refresh"
	"sessiond/internal/session"
	"sessiond/internal/trash"
	"sessiond/internal/validate"
)

// Names of what is kept where the settings name nothing else.
const (
	trashName = "trash"
	auditName = "audit.jsonl"
	seenName  = "seen"
)

// administration returns what changes of files are made with.
func (d *Daemon) administration(policy access.Policy, tree mobileapps.Tree, judge refresh.Judge) admin.Config {
	s := d.settings
	kept := placesOf(s, os.Geteuid(), os.Getenv)
	record := audit.Config{Path: kept.audit, GID: -1, MinFree: uint64(max(s.AuditMinFree, 0))}
	if gid, ok := policy.Group(); ok && mayGiveTo(gid) {
		record.GID = gid
	}
	cfg := admin.Config{
		Root: s.Root, Tree: tree, Settle: s.Settle, Knows: d.knows,
		Store: d.store, Passes: d.passes, Log: d.log.Named("admin"),
		Write: s.Write,
		Trash: trash.Config{Dir: kept.trash, Keep: s.TrashKeep},
		Audit: record,
		Made:  d.metrics.Edited,

		Unloaded: d.notifyUnloaded,
	}
	// Trees and judges of tests that do not write need no more.
	cfg.Files, _ = tree.(mobileapps.WriteTree)
	cfg.Judge, _ = judge.(*validate.Validator)
	return cfg
}

// knows reports whether the last pass found an app folder, and the root, where they are now. If
// not, it has a pass look.
func (d *Daemon) knows(root mobileapps.WriteRoot, app string, folder mobileapps.WriteFolder) bool {
	known := d.passes.State().Origin.Knows(root.Signature(), root.Mount(), app, folder.Mount())
	if !known {
		d.passes.Rescan(session.TriggerWatch, time.Now())
	}
	return known
}

// places are where the daemon keeps what it must not lose. An empty one is nowhere.
type places struct{ trash, audit, seen string }

// placesOf returns where the trash, the audit and last seen times are: where the settings
// say, else where the service manager made folders for them, else at the usual places of
// the system or of the user, the first two only where files are changed.
func placesOf(s config.Settings, uid int, env func(string) string) places {
	at := places{trash: s.TrashDir, audit: s.AuditLog, seen: s.SeenFile}
	if at.trash == "" {
		at.trash = within(first(env("STATE_DIRECTORY")), trashName)
	}
	if at.audit == "" {
		at.audit = within(first(env("LOGS_DIRECTORY")), auditName)
	}
	if at.seen == "" {
		at.seen = within(first(env("STATE_DIRECTORY")), seenName)
	}
	state, logs := usualFolders(uid, env)
	if at.seen == "" {
		at.seen = within(state, seenName)
	}
	if !s.Write {
		return at
	}
	if at.trash == "" {
		at.trash = within(state, trashName)
	}
	if at.audit == "" {
		at.audit = within(logs, auditName)
	}
	return at
}

// mayGiveTo reports whether the system lets the daemon give its files to a group.
func mayGiveTo(gid int) bool {
	groups, err := os.Getgroups()
	return os.Geteuid() == 0 || os.Getegid() == gid || err == nil && slices.Contains(groups, gid)
}

// first returns the first of the folders in a list as systemd writes it.
func first(list string) string {
	folder, _, _ := strings.Cut(list, ":")
	return folder
}

// within returns the path of a file in a folder, empty for none.
func within(folder, name string) string {
	if folder == "" {
		return ""
	}
	return filepath.Join(folder, name)
}
