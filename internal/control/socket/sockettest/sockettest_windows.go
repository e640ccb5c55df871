package sockettest

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// made counts the pipes, since a name is free again only with its last handle.
var made atomic.Int64 //nolint:gochecknoglobals // names are the whole process's

// Path returns the path of a pipe.
func Path(t testing.TB) string {
	t.Helper()
	name := strings.NewReplacer("/", "-", `\`, "-", " ", "-").Replace(t.Name())
	return fmt.Sprintf(`\\.\pipe\sessiond-%s-%d-%d`, name, os.Getpid(), made.Add(1))
}

func listen(path string) (net.Listener, error) { return winio.ListenPipe(path, nil) }

// rights are FILE_GENERIC_READ and FILE_WRITE_DATA, which is all that the daemon gives.
const rights = 0x120089 | 0x2

// Dial connects.
func Dial(path string, limit time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return winio.DialPipeAccessImpLevel(ctx, path, rights, winio.PipeImpLevelIdentification)
}

// PassInert has the first client of a pipe be another than the test's. go-winio makes a
// first instance that nobody serves: Windows lets no client connect to it, wine does.
func PassInert(t testing.TB, path string) {
	t.Helper()
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	if first, err := windows.CreateFile(name, windows.GENERIC_READ, 0, nil, windows.OPEN_EXISTING, 0, 0); err == nil {
		t.Cleanup(func() { _ = windows.CloseHandle(first) })
	}
}
