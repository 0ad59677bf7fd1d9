//go:build unix && !linux

package logstream

import "os"

// statPath examines the file under a name, following symbolic links.
func statPath(path string) (fileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return fileInfo{}, err
	}
	return fromStat(info), nil
}

// statFile examines an open file.
func statFile(f *os.File) (fileInfo, error) {
	info, err := f.Stat()
	if err != nil {
		return fileInfo{}, err
	}
	return fromStat(info), nil
}
