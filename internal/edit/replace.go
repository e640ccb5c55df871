package edit

import (
	"errors"

	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// replace puts new content in place of what was read of some files, and ends each entry
// but those that it returns: others wrote to them in the meantime, and what they wrote is
// in place.
//
// All new files are on disk before the first one is put in place, and each folder is
// synced once.
func (e *Editor) replace(planned []*entry) (overtaken []*entry) {
	together := len(planned) > fewFiles
	for _, t := range planned {
		if !e.create(t, together) {
			overtaken = append(overtaken, t)
		}
	}
	made := open(except(planned, overtaken))
	if together {
		e.syncNew(made)
		made = open(made)
	}
	var placed []*entry
	byFolder(made, func(f *folder, entries []*entry) {
		if err := f.inPlace(); err != nil {
			for _, t := range entries {
				e.discard(f, t.Key, t.temp)
				t.fail(f.failure(t.Key, nil, err))
			}
			return
		}
		var some []*entry
		for _, t := range entries {
			switch is, err := e.exchange(t); {
			case err != nil:
				t.fail(err)
			case is:
				some = append(some, t)
			default:
				overtaken = append(overtaken, t)
			}
		}
		if len(some) == 0 {
			return
		}
		if err := f.Sync(); err != nil {
			failAll(some, func(key session.Key) error { return halfway(key, err) })
			return
		}
		placed = append(placed, some...)
	})
	for _, t := range placed {
		t.succeed(t.Result)
	}
	return overtaken
}

// except returns entries that are not among others, which are in the same order.
func except(entries, others []*entry) []*entry {
	var left []*entry
	for _, t := range entries {
		if len(others) > 0 && others[0] == t {
			others = others[1:]
			continue
		}
		left = append(left, t)
	}
	return left
}

// create makes the new file of an entry. It returns false where the session file or its
// folder is gone.
func (e *Editor) create(t *entry, together bool) bool {
	f, old := t.folder, &t.old
	t.temp = temporary{use: forChange, read: old.digest, id: t.Key.ID}.name()
	is, err := f.Create(mobileapps.NewFile{
		Name: t.temp, Data: t.data, Like: old.file.Attributes, From: t.Key.ID, Unsynced: together,
	})
	if err != nil {
		if mobileapps.IsAbsent(err) {
			return false
		}
		if isHung(err) {
			e.recovered = rootPlace{} // it may still be made
		}
		t.fail(f.failure(t.Key, &old.file.Attributes, err))
		return true
	}
	t.ours = version{is: is, whole: true, digest: session.DigestOf(t.data)}
	t.ours.file.Links, t.ours.file.Attributes = 1, old.file.Attributes
	return true
}

// syncNew has new files on disk, those of one file system at once where the system can.
func (e *Editor) syncNew(made []*entry) {
	synced := make(map[uint64]error) // by device
	for _, t := range made {
		dev := t.folder.Signature().Dev
		err, known := synced[dev]
		if !known {
			err = t.folder.SyncFileSystem()
			synced[dev] = err
		}
		if errors.Is(err, errors.ErrUnsupported) {
			err = t.folder.SyncFile(t.temp)
		}
		if err != nil {
			e.discard(t.folder, t.Key, t.temp)
			t.fail(unwritten(t, err))
		}
	}
}

// unwritten is the failure of a new file that could not be had on disk, before it was put in
// place.
func unwritten(t *entry, err error) error {
	fault := t.folder.failure(t.Key, &t.old.file.Attributes, err)
	if fault.Kind == KindUnknown {
		fault.Kind, fault.Detail = KindBusy, "the file system does not answer; nothing was done"
	}
	return fault
}

// exchange puts a new file in place of what was read, and has the entry's job look at the
// old one again. It returns false where somebody else wrote to the file in the middle of
// it, or removed it.
func (e *Editor) exchange(t *entry) (placed bool, err error) {
	f, key, j := t.folder, t.Key, t.job
	// Swapping would find out as well, but until it is undone a program could read the new
	// content, and go on with an edit that is then told as not made. Where this look fails,
	// swapping says why.
	if now, err := f.look(key.ID); err == nil && !t.old.isSame(now) {
		e.discard(f, key, t.temp)
		return false, nil
	}
	s, begun, err := f.swap(key.ID, t.temp, t.ours, t.old)
	switch {
	case err != nil && (begun || isHung(err)):
		e.recovered = rootPlace{}
		e.left(key, t.temp, err)
		return false, halfway(key, err)
	case mobileapps.IsAbsent(err):
		e.discard(f, key, t.temp)
		return false, nil
	case err != nil:
		e.discard(f, key, t.temp)
		return false, f.failure(key, &t.old.file.Attributes, err)
	}
	j.keep(t.temp, s.out, t.old.digest, t.ours.digest)
	if !t.ours.isSame(s.in) {
		return false, nil
	}
	ours := t.ours
	j.placed, j.base = &ours, t.old.withoutData()
	return true, nil
}

// discard removes a new file that was not used after all.
func (e *Editor) discard(f *folder, key session.Key, temp string) {
	if err := f.Remove(temp); err != nil && !mobileapps.IsAbsent(err) {
		e.left(key, temp, err)
	}
}

// left tells of a temporary file that stays.
func (e *Editor) left(key session.Key, temp string, err error) {
	e.notify(Notice{Key: key, Kind: NoticeLeft, File: temp, Err: withoutPath(err)})
}
