package edit

import (
	"sessiond/internal/mobileapps"
	"sessiond/internal/session"
)

// version is what one look found under a name: which file, and what is in it.
type version struct {
	is mobileapps.Identity
	// whole is true where the content could be read, and was the same before and after.
	whole  bool
	file   mobileapps.File // where whole
	digest session.Digest  // where whole
	absent bool
}

// look looks at what has a name.
func (f *folder) look(name string) (version, error) {
	switch file, err := f.Read(name); {
	case isHung(err):
		return version{}, err
	case err == nil && file.Stable:
		return versionOf(file), nil
	}
	switch is, err := f.Identify(name); {
	case mobileapps.IsAbsent(err):
		return version{absent: true}, nil
	case err != nil:
		return version{}, err
	default:
		return version{is: is}, nil // nothing can be said of it but which one it is
	}
}

func versionOf(file mobileapps.File) version {
	return version{is: file.Identity(), whole: true, file: file, digest: session.DigestOf(file.Data)}
}

// withoutData returns a version to compare others with, which keeps no content in memory.
func (v version) withoutData() version {
	v.file.Data = nil
	return v
}

// isSame reports whether another look found what this one did. Where this one could not
// read the content, it has to be the same file only.
func (v version) isSame(now version) bool {
	switch {
	case v.absent || now.absent:
		return v.absent == now.absent
	case v.is != now.is:
		return false
	case !v.whole:
		return true
	}
	return now.whole && v.digest == now.digest && v.file.Links == now.file.Links && v.file.Attributes.Equal(now.file.Attributes)
}

// isNewer reports whether this was written after another version that others wrote.
// Two that were written within one tick of the file system's clock count as not.
func (v version) isNewer(than version) bool { return v.file.Mtime > than.file.Mtime }
