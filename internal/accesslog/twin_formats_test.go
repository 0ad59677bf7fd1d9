package accesslog_test

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/hekad/heka/internal/accesslog"
)

// twinNginx are the variables of nginx that are no texts.
func twinNginx(name string) *twinValue {
	word := func(re string) *twinValue { return &twinValue{name: name, kind: "word", re: anchored(re)} }
	switch name {
	case "body_bytes_sent", "bytes_sent", "content_length", "request_length":
		return &twinValue{name: name, unit: "B", kind: "number", re: reInt}
	case "connection", "connection_requests", "pid", "remote_port", "server_port",
		"tcpinfo_rtt", "tcpinfo_rttvar", "tcpinfo_snd_cwnd", "tcpinfo_rcv_space":
		return &twinValue{name: name, kind: "number", re: reInt}
	case "host", "hostname", "proxy_protocol_addr", "remote_addr", "server_addr", "server_name":
		return &twinValue{name: name, kind: "host"}
	case "binary_remote_addr":
		return &twinValue{name: name, kind: "four"}
	case "https":
		return word(`on|`)
	case "is_args":
		return word(`\?|`)
	case "nginx_version":
		return word(`\d+\.\d+\.\d+`)
	case "pipe":
		return word(`[p.]`)
	case "request_completion":
		return word(`OK|`)
	case "request_method":
		return &twinValue{name: name, kind: "word", re: reMethod}
	case "request_time":
		return &twinValue{name: name, unit: "s", kind: "number", re: reDecimal}
	case "scheme":
		return word(`https|http`)
	case "server_protocol":
		return &twinValue{name: name, kind: "word", re: reProtocol}
	case "status":
		return &twinValue{name: name, kind: "number", re: reStatus}
	case "upstream_cache_status":
		return word(`HIT|MISS|EXPIRED|BYPASS|STALE|UPDATING|REVALIDATED|-`)
	case "msec":
		return &twinValue{kind: "msec", re: anchored(`(\d+)\.(\d+)`)}
	case "time_iso8601":
		return &twinValue{kind: "rfc3339", re: reRFC3339}
	case "time_local":
		return &twinValue{kind: "clf", re: reCLF}
	case "upstream_addr":
		return &twinValue{name: name, kind: "upstreams"}
	case "upstream_cache_last_modified":
		return &twinValue{name: name, kind: "httpdate", re: reHTTPDate}
	case "upstream_response_length":
		return &twinValue{name: name, unit: "B", kind: "numbers", re: reInt}
	case "upstream_response_time":
		return &twinValue{name: name, unit: "s", kind: "numbers", re: anchored(`-|\d+(?:\.\d+)?`), zero: true}
	case "upstream_status":
		return &twinValue{name: name, kind: "numbers", re: reIntDash, zero: true}
	}
	return &twinValue{name: name, kind: "text"}
}

var reNginxToken = regexp.MustCompile(`(?s)^(?:(` + twinSpace + `+)|\$([A-Za-z0-9_]+)|([^$\t\n\v\f\r ]+))`)

func newNginxTwin(format string) (*twin, bool) {
	for _, p := range accesslog.NginxPresets() {
		if p.Name == format {
			format = p.Format
		}
	}
	t := &twin{}
	for format != "" {
		m := reNginxToken.FindStringSubmatch(format)
		switch {
		case m == nil:
			return nil, false
		case m[1] != "":
			t.pieces = append(t.pieces, piece{space: true})
		case m[2] != "":
			t.pieces = append(t.pieces, piece{value: twinNginx(m[2])})
		default:
			t.literal(m[3])
		}
		format = format[len(m[0]):]
	}
	return t, t.hasValue()
}

func (t *twin) literal(text string) {
	if n := len(t.pieces); n > 0 && t.pieces[n-1].literal != "" {
		t.pieces[n-1].literal += text
		return
	}
	t.pieces = append(t.pieces, piece{literal: text})
}

func (t *twin) hasValue() bool {
	for _, p := range t.pieces {
		if p.value != nil {
			return true
		}
	}
	return false
}

var reApacheToken = regexp.MustCompile(`(?s)^(?:(` + twinSpace + `+)|%[<>]?([A-Za-z%])` +
	`|%(?:!?\d{3}(?:,\d{3})*)?\{([^}]+)\}([A-Za-z])|\\([tn"\\]|[01]\d\d|2[0-4]\d|25[0-5])|(\\|[^\\%\t\n\v\f\r ]+))`)

func newApacheTwin(format string) (*twin, bool) {
	for _, p := range accesslog.ApachePresets() {
		if p.Name == format {
			format = p.Format
		}
	}
	t := &twin{}
	for format != "" {
		m := reApacheToken.FindStringSubmatch(format)
		switch {
		case m == nil:
			return nil, false
		case m[1] != "":
			t.pieces = append(t.pieces, piece{space: true})
		case m[2] == "%":
			t.literal("%")
		case m[5] != "":
			if n, err := strconv.Atoi(m[5]); err == nil {
				t.literal(string([]byte{byte(n)}))
			} else {
				t.literal(map[string]string{"t": "\t", "n": "\n", `"`: `"`, `\`: `\`}[m[5]])
			}
		case m[6] != "":
			t.literal(m[6])
		default:
			v := twinApache(t, m[2]+m[4], m[3])
			if v == nil {
				return nil, false
			}
			t.pieces = append(t.pieces, piece{value: v})
		}
		format = format[len(m[0]):]
	}
	return t, t.hasValue()
}

func twinApache(t *twin, letter, argument string) *twinValue {
	name := func(n, kind string) *twinValue { return &twinValue{name: n, kind: kind} }
	count := func(n, unit string) *twinValue { return &twinValue{name: n, unit: unit, kind: "number", re: reInt} }
	header := strings.ReplaceAll(asciiLower(argument), "-", "_")
	if argument == "" {
		switch letter {
		case "a", "h":
			return name("remote_addr", "host")
		case "A":
			return name("server_addr", "host")
		case "B":
			return count("body_bytes_sent", "B")
		case "b":
			return &twinValue{name: "body_bytes_sent", unit: "B", kind: "number", re: reIntDash, zero: true}
		case "D":
			return count("request_time", "us")
		case "f":
			return name("request_filename", "text")
		case "H":
			return &twinValue{name: "server_protocol", kind: "word", re: reProtocol}
		case "I":
			return count("request_length", "B")
		case "O":
			return count("response_length", "B")
		case "S":
			return count("total_length", "B")
		case "k":
			return count("connection_requests", "")
		case "l", "u":
			return name("remote_user", "text")
		case "L":
			return name("request_log_id", "text")
		case "m":
			return &twinValue{name: "request_method", kind: "word", re: reMethod}
		case "p":
			return count("server_port", "")
		case "P":
			return count("pid", "")
		case "q":
			return name("query_string", "text")
		case "r":
			return name("request", "text")
		case "R":
			return name("request_handler", "text")
		case "s":
			return &twinValue{name: "status", kind: "number", re: reStatus}
		case "t":
			return &twinValue{kind: "clf", re: reCLFBrack}
		case "T":
			return count("request_time", "s")
		case "U":
			return name("uri", "text")
		case "v", "V":
			return name("server_name", "host")
		case "X":
			return &twinValue{name: "connection_status", kind: "word", re: anchored(`[X+\-]`)}
		}
		return nil
	}
	switch letter + argument {
	case "ac":
		return name("remote_addr", "host")
	case "pcanonical", "plocal":
		return count("server_port", "")
	case "premote":
		return count("remote_port", "")
	case "Ppid", "Ptid":
		return count(argument, "")
	case "Phextid":
		return &twinValue{name: "tid", kind: "number", re: reHex, base: 16}
	}
	switch letter {
	case "C":
		return name("cookie_"+argument, "text")
	case "e":
		return name("env_"+argument, "text")
	case "i":
		return name("http_"+header, "text")
	case "n":
		return name("module_"+argument, "text")
	case "o":
		return name("sent_http_"+header, "text")
	case "t":
		if s, ok := strings.CutPrefix(argument, "begin:"); ok {
			argument = s
		} else if s, ok := strings.CutPrefix(argument, "end:"); ok {
			argument = s
		}
		switch argument {
		case "sec":
			return &twinValue{kind: "epoch", re: reInt, scale: 1e9}
		case "msec":
			return &twinValue{kind: "epoch", re: reInt, scale: 1e6}
		case "usec":
			return &twinValue{kind: "epoch", re: reInt, scale: 1e3}
		case "msec_frac", "usec_frac":
			return &twinValue{name: "sec_frac", kind: "fraction", re: reInt}
		}
		return twinStrftime(t, argument)
	}
	return nil
}

func asciiLower(s string) string {
	return regexp.MustCompile(`[A-Z]`).ReplaceAllStringFunc(s, strings.ToLower)
}
