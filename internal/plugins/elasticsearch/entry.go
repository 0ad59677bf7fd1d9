package elasticsearch

import (
	"bytes"
	"errors"
)

var (
	errNotEntry  = errors.New("this is no entry of the bulk API: a line is no JSON object")
	errNoSource  = errors.New("this is no entry of the bulk API: an action has no document")
	deleteAction = []byte(`"delete"`)
)

// entries counts the entries in b, which ends with a newline: an action line, and
// a document line unless the action is delete. A body of which one line is amiss is
// refused as a whole, so nothing amiss may get into it.
//
// hot: once per message.
func entries(b []byte) (int, error) {
	n := 0
	for len(b) > 0 {
		action, rest := line(b)
		if !object(action) {
			return 0, errNotEntry
		}
		b = rest
		n++
		if isDelete(action) {
			continue
		}
		if len(b) == 0 {
			return 0, errNoSource
		}
		source, rest := line(b)
		if !object(source) {
			return 0, errNotEntry
		}
		b = rest
	}
	return n, nil
}

func line(b []byte) (first, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return b, nil
	}
	return b[:i], b[i+1:]
}

// object reports whether a line looks like a JSON object.
func object(b []byte) bool {
	b = bytes.TrimRight(bytes.TrimLeft(b, " \t"), " \t\r")
	return len(b) >= 2 && b[0] == '{' && b[len(b)-1] == '}'
}

// isDelete looks at the first name in an action line.
func isDelete(b []byte) bool {
	b = bytes.TrimLeft(b, " \t{")
	return bytes.HasPrefix(b, deleteAction)
}
