//go:build unix

package console

import (
	"os/exec"
	"syscall"
)

// apart keeps Ctrl-C on the terminal from ending the browser, too.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
