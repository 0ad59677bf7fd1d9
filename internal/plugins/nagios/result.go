package nagios

import (
	"strings"

	"github.com/hekad/heka/message"
)

// result is the result of a check.
type result struct {
	host, service string
	state         string // 0 to 3
	text          string // without line breaks and tabs that would end it
}

// states are those with a name of their own; any other is unknown, 3.
var states = map[string]string{"OK": "0", "WARNING": "1", "CRITICAL": "2", "UNKNOWN": "3"}

// oneLine escapes what would end a line, or begins a new column of one.
var oneLine = strings.NewReplacer("\r\n", `\n`, "\n", `\n`, "\r", `\n`, "\t", " ", "\x00", "")

// resultOf reads the payload STATE:text.
func (o *Output) resultOf(m *message.Message) result {
	r := result{host: o.config.Host, service: o.config.ServiceDescription, state: "3"}
	if r.host == "" {
		r.host = m.Hostname()
	}
	if r.service == "" {
		r.service = m.Logger()
	}
	r.text = m.Payload()
	if name, text, ok := strings.Cut(r.text, ":"); ok {
		if state, known := states[name]; known {
			r.state, r.text = state, text
		}
	}
	r.host, r.service = oneLine.Replace(r.host), oneLine.Replace(r.service)
	r.text = oneLine.Replace(strings.TrimRight(r.text, "\r\n"))
	return r
}
