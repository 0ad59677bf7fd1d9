package e2e

import (
	"os"
	"syscall"
	"testing"
)

// mountSmall puts a disk of 64 MiB at dir and reports whether it may; that is for
// root alone.
func mountSmall(t *testing.T, dir string) bool {
	if os.Geteuid() != 0 {
		return false
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64m"); err != nil {
		t.Logf("without a full disk: mount: %v", err)
		return false
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return true
}
