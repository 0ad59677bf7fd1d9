package queue

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// lockName is the file whose lock stands for the directory. It holds the number
// of the process that has it.
const lockName = "lock"

// osFS is a directory of the operating system.
type osFS string

// Dir returns the directory path of the operating system as an FS.
func Dir(path string) FS { return osFS(path) }

func (d osFS) path(name string) string { return filepath.Join(string(d), name) }

func (d osFS) List() ([]FileInfo, error) {
	entries, err := os.ReadDir(string(d))
	if err != nil {
		return nil, err
	}
	var files []FileInfo
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() {
			files = append(files, FileInfo{Name: e.Name(), Size: info.Size(), Changed: info.ModTime()})
		}
	}
	return files, nil
}

func (d osFS) Create(name string) (File, error) {
	return openFile(d.path(name), os.O_RDWR|os.O_APPEND|os.O_CREATE|os.O_EXCL)
}

func (d osFS) Open(name string, write bool) (File, error) {
	if write {
		return openFile(d.path(name), os.O_RDWR|os.O_APPEND)
	}
	return openFile(d.path(name), os.O_RDONLY)
}

func openFile(path string, flag int) (File, error) {
	f, err := os.OpenFile(path, flag, 0o644)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (d osFS) Rename(from, to string) error { return os.Rename(d.path(from), d.path(to)) }

func (d osFS) Remove(name string) error { return os.Remove(d.path(name)) }

func (d osFS) Touch(name string, at time.Time) error { return os.Chtimes(d.path(name), at, at) }

func (d osFS) Lock() (io.Closer, error) {
	f, err := os.OpenFile(d.path(lockName), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := lockFile(f); err != nil {
		text, _ := io.ReadAll(io.LimitReader(f, 32))
		f.Close()
		if !errors.Is(err, ErrLocked) {
			return nil, err
		}
		if pid, _ := strconv.Atoi(strings.TrimSpace(string(text))); pid != 0 {
			return nil, fmt.Errorf("%w: process %d", ErrLocked, pid)
		}
		return nil, err
	}
	// The number is for people; the lock works without it.
	if err := f.Truncate(0); err == nil {
		_, _ = f.WriteString(strconv.Itoa(os.Getpid()))
	}
	return f, nil
}
