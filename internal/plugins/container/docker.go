package container

import (
	"errors"
	"strings"

	"github.com/hekad/heka/plugin"
)

var errNotDocker = errors.New("line is no JSON object with log, stream and time")

// parseDocker reads a line of Docker's json-file driver. Of members with one name
// the last counts; unknown ones are passed over.
//
// hot: once per line.
func parseDocker(record string, text *plugin.Text, l *line) error {
	var at, name string
	var complete, logged bool
	o := object{rest: record, text: text}
	for o.next() {
		switch o.key {
		case "log":
			l.text, logged = o.string()
		case "stream":
			name, _ = o.string()
		case "time":
			at, _ = o.string()
		case "attrs":
			l.attrs = l.attrs[:0]
			attrs, ok := o.object()
			for ok && attrs.next() {
				key := attrs.key
				if value, ok := attrs.string(); ok {
					l.attrs = append(l.attrs, attr{key, value})
				}
			}
			o.after(&attrs, ok)
		default:
			o.skip()
		}
	}
	if !o.complete() || !logged || name == "" || at == "" {
		return errNotDocker
	}
	var err error
	if l.time, err = parseTime(at); err != nil {
		return err
	}
	if l.stream, err = streamNamed(name); err != nil {
		return err
	}
	l.text, complete = strings.CutSuffix(l.text, "\n")
	l.more = !complete
	return nil
}
