package cli

import (
	"strings"
	"syscall"
	"testing"

	"sessiond/internal/api"
	"sessiond/internal/session"
)

func TestRemedies(t *testing.T) {
	for _, code := range []session.Code{session.CodeLocation, session.CodeSyntax, session.CodeSchema, session.CodeToken} {
		if got := remedy(session.NewProblem(anna, code, "")); got == api.AdviceRejected {
			t.Errorf("mobi %d has no remedy of its own", code)
		}
	}
	for errno, want := range map[syscall.Errno]string{
		syscall.EACCES: "that right", syscall.EPERM: "that right", session.ErrTooLarge: "max-file-size", session.ErrOtherMount: "mount",
		session.ErrNoDescriptor: "limit of open files", session.ErrNoFolder: "folder", session.ErrIO: "disk", session.ErrHangs: "network share",
	} {
		if got := remedy(session.NewFileProblem(anna, errno)); !strings.Contains(got, want) {
			t.Errorf("the remedy for %v is %q, want one about %s", errno, got, want)
		}
	}
}
