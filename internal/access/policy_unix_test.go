//go:build unix

package access

import (
	"errors"
	"os/user"
	"testing"
)

func TestNewPolicy(t *testing.T) {
	current, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	own, err := user.LookupGroupId(current.Gid)
	if err != nil {
		t.Fatal(err)
	}
	byName, err := NewPolicy(own.Name, true, 100)
	if err != nil {
		t.Fatal(err)
	}
	byNumber, err := NewPolicy(own.Gid, true, 100)
	if err != nil {
		t.Fatal(err)
	}
	if byName.group != byNumber.group || !byName.group.is || !byName.own.matches(100) {
		t.Errorf("by name %+v, by number %+v", byName, byNumber)
	}
	if p, err := NewPolicy("", false, 100); err != nil || p.group.is || p.own.is {
		t.Errorf("without a group: %+v, %v", p, err)
	}
	for _, name := range []string{"no-such-group-here", "-1", " "} {
		if _, err := NewPolicy(name, true, 100); !errors.Is(err, ErrGroup) {
			t.Errorf("group %q: %v, want ErrGroup", name, err)
		}
	}
}
