package syslog

import (
	"bytes"

	"github.com/hekad/heka/plugin"
)

// maxDigits is how long the length of a message may be, in digits.
const maxDigits = 8

// splitter implements plugin.Splitter.
type splitter struct {
	counted, lines bool // ways of framing that are looked for
}

func newSplitter(c *splitterConfig, _ *plugin.Env) (plugin.Splitter, error) {
	return &splitter{counted: c.Framing != "lines", lines: c.Framing != "octet-counting"}, nil
}

// Split implements plugin.Splitter.
//
// hot: once per message.
func (s *splitter) Split(data []byte, _ bool) (consumed int, record []byte) {
	if s.counted {
		head, length, enough := count(data)
		switch {
		case !enough:
			return 0, nil
		case head > 0 && len(data) < head+length:
			return 0, nil
		case head > 0:
			return head + length, data[head : head+length]
		case !s.lines:
			return garbage(data), nil
		}
	}
	end := bytes.IndexByte(data, '\n')
	if zero := bytes.IndexByte(data[:max(end, 0)], 0); zero >= 0 {
		end = zero
	} else if end < 0 {
		end = bytes.IndexByte(data, 0)
	}
	if end < 0 {
		return 0, nil
	}
	return end + 1, bytes.TrimSuffix(data[:end], []byte("\r"))
}

// count reads a length and the blank behind it, which a message must follow. head is
// how many bytes these are, 0 if there is no length; enough is false if more bytes
// are needed to tell.
func count(data []byte) (head, length int, enough bool) {
	for i, c := range data {
		switch {
		case c >= '0' && c <= '9' && i < maxDigits && (i > 0 || c > '0'):
			length = 10*length + int(c-'0')
		case c == ' ' && i > 0:
			if i+1 == len(data) {
				return 0, 0, false
			}
			if data[i+1] != '<' {
				return 0, 0, true
			}
			return i + 1, length, true
		default:
			return 0, 0, true
		}
	}
	return 0, 0, false
}

// garbage is how many bytes in front cannot be the beginning of a length.
func garbage(data []byte) int {
	for i := 1; i < len(data); i++ {
		if c := data[i]; c > '0' && c <= '9' {
			return i
		}
	}
	return len(data)
}
