package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// pidFile is the file that names the running heka; "" is none.
type pidFile string

// claimPIDFile writes the process id to path, unless the process that path
// already names is running.
func claimPIDFile(path string) (pidFile, error) {
	if path == "" {
		return "", nil
	}
	old, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return "", fmt.Errorf("Error reading proccess id from pidfile '%s': %w", path, err)
	default:
		pid, err := strconv.Atoi(strings.TrimSpace(string(old)))
		if err != nil {
			return "", fmt.Errorf("Error reading proccess id from pidfile '%s': %w", path, err)
		}
		if running(pid) {
			return "", fmt.Errorf("Process %d is already running.", pid)
		}
	}
	if err := os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())), 0o644); err != nil {
		return "", fmt.Errorf("Unable to write pidfile '%s': %w", path, err)
	}
	return pidFile(path), nil
}

// running reports whether a process exists, whoever owns it.
func running(pid int) bool {
	if pid <= 0 || pid == os.Getpid() {
		return false
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, fs.ErrPermission)
}

func (f pidFile) remove(log *slog.Logger) {
	if f == "" {
		return
	}
	if err := os.Remove(string(f)); err != nil {
		log.Error("Unable to remove pidfile: " + err.Error())
	}
}
