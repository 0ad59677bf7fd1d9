//go:build !unix

package process

import "os/exec"

// ownGroup does nothing: there are no process groups.
func ownGroup(*exec.Cmd) {}

// killGroup kills a command that was started and not waited for.
func killGroup(cmd *exec.Cmd) { cmd.Process.Kill() }
