//go:build unix

package process

import (
	"os/exec"
	"syscall"
)

// ownGroup makes a command the head of a process group, to which all that it starts
// belongs.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup kills a command that was started and not waited for, and its group.
func killGroup(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
