package container

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hekad/heka/plugin"
)

var errNotCRI = errors.New("line is not in the form of the Container Runtime Interface: time, stream, tags, text")

// parseCRI reads a line of the Container Runtime Interface. Tags are separated by
// colons; only the first has a meaning.
//
// hot: once per line.
func parseCRI(record string, _ *plugin.Text, l *line) error {
	at, rest, ok := strings.Cut(record, " ")
	name, rest, ok2 := strings.Cut(rest, " ")
	if !ok || !ok2 {
		return errNotCRI
	}
	tags, text, _ := strings.Cut(rest, " ") // an empty text may lack its blank
	tag, _, _ := strings.Cut(tags, ":")
	switch tag {
	case "F":
	case "P":
		l.more = true
	default:
		return fmt.Errorf("tag is %.40q; it must be P or F", tag)
	}
	var err error
	if l.time, err = parseTime(at); err != nil {
		return err
	}
	if l.stream, err = streamNamed(name); err != nil {
		return err
	}
	l.text = text
	return nil
}
