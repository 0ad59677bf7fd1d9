package accesslog

import "strings"

// parseApache takes an Apache LogFormat apart.
func parseApache(b *builder, format string) *FormatError {
	for i := 0; i < len(format); {
		start := i
		switch c := format[i]; {
		case isSpace(c):
			b.space()
			i++
		case c == '%':
			d, ok := readDirective(format[i:])
			i += d.size
			reason := badSyntax
			if ok {
				reason = b.apacheDirective(d)
			}
			if reason != "" {
				return &FormatError{start + 1, format[start:i], reason}
			}
		case c == '\\':
			text, size := unescape(format[i:])
			b.literal(text)
			i += size
		default:
			for i < len(format) && format[i] != '%' && format[i] != '\\' && !isSpace(format[i]) {
				i++
			}
			b.literal(format[start:i])
		}
	}
	return nil
}

// directive is a % and what belongs to it.
type directive struct {
	letter   byte
	argument string // "" for none
	size     int    // in the format
}

// readDirective reads the directive that s starts with. When it is none, its
// size says how much of s was understood and what came then.
//
//	%  [< or >]  letter or %
//	%  [ [!]status(,status)* ]  {argument}  letter
func readDirective(s string) (d directive, ok bool) {
	i := 1
	at := func(want byte) bool { return i < len(s) && s[i] == want }
	stop := func() (directive, bool) { return directive{size: min(i+1, len(s))}, false }
	if at('<') || at('>') || at('%') || i < len(s) && isLetter(s[i]) {
		if !at('%') && !isLetter(s[i]) {
			i++
		}
		if !at('%') && (i == len(s) || !isLetter(s[i])) {
			return stop()
		}
		return directive{letter: s[i], size: i + 1}, true
	}
	if at('!') || i < len(s) && isDigit(s[i]) {
		if at('!') {
			i++
		}
		for {
			_, end := readStatus(s, i)
			if end < 0 {
				return stop()
			}
			if i = end; !at(',') {
				break
			}
			i++
		}
	}
	if !at('{') {
		return stop()
	}
	i++
	n := strings.IndexByte(s[i:], '}')
	if n <= 0 {
		return stop()
	}
	d.argument = s[i : i+n]
	i += n + 1
	if i == len(s) || !isLetter(s[i]) {
		return stop()
	}
	d.letter, d.size = s[i], i+1
	return d, true
}

// unescape reads the backslash that s starts with and what it escapes. One that
// escapes nothing stands for itself.
func unescape(s string) (text string, size int) {
	if len(s) > 1 {
		switch s[1] {
		case 't':
			return "\t", 2
		case 'n':
			return "\n", 2
		case '"', '\\':
			return s[1:2], 2
		}
	}
	if n, end := readStatus(s, 1); end >= 0 && n <= 255 {
		return string([]byte{byte(n)}), end
	}
	return s[:1], 1
}

// apacheDirective notes a directive, or returns what is wrong with it.
func (b *builder) apacheDirective(d directive) (reason string) {
	if d.argument != "" {
		return b.apacheArgument(d)
	}
	switch d.letter {
	case '%':
		b.literal("%")
	case 'a', 'h':
		b.open("remote_addr", host)
	case 'A':
		b.open("server_addr", host)
	case 'B':
		b.value("body_bytes_sent", "B", integer)
	case 'b':
		b.value("body_bytes_sent", "B", number(dashIsZero(readInteger)))
	case 'D':
		b.value("request_time", "us", integer)
	case 'f':
		b.open("request_filename", text)
	case 'H':
		b.value("server_protocol", "", protocol)
	case 'I':
		b.value("request_length", "B", integer)
	case 'O':
		b.value("response_length", "B", integer)
	case 'S':
		b.value("total_length", "B", integer)
	case 'k':
		b.value("connection_requests", "", integer)
	case 'l', 'u':
		b.open("remote_user", text)
	case 'L':
		b.open("request_log_id", text)
	case 'm':
		b.value("request_method", "", requestMethod())
	case 'p':
		b.value("server_port", "", integer)
	case 'P':
		b.value("pid", "", integer)
	case 'q':
		b.open("query_string", text)
	case 'r':
		b.open("request", text)
	case 'R':
		b.open("request_handler", text)
	case 's':
		b.value("status", "", number(readStatus))
	case 't':
		b.value("", "", clfBracketed)
	case 'T':
		b.value("request_time", "s", integer)
	case 'U':
		b.open("uri", text)
	case 'v', 'V':
		b.open("server_name", host)
	case 'X':
		b.value("connection_status", "", choice("X", "+", "-"))
	default:
		return "unknown variable: " + string(rune(d.letter))
	}
	return ""
}

func (b *builder) apacheArgument(d directive) (reason string) {
	switch d.letter {
	case 'a':
		if d.argument != "c" {
			return "unknown variable: {" + d.argument + "}a"
		}
		b.open("remote_addr", host)
	case 'C':
		b.open("cookie_"+d.argument, text)
	case 'e':
		b.open("env_"+d.argument, text)
	case 'i':
		b.open("http_"+headerName(d.argument), text)
	case 'n':
		b.open("module_"+d.argument, text)
	case 'o':
		b.open("sent_http_"+headerName(d.argument), text)
	case 'p':
		switch d.argument {
		case "canonical", "local":
			b.value("server_port", "", integer)
		case "remote":
			b.value("remote_port", "", integer)
		default:
			return "unknown port format: " + d.argument
		}
	case 'P':
		switch d.argument {
		case "pid", "tid":
			b.value(d.argument, "", integer)
		case "hextid":
			b.value("tid", "", number(readHex))
		default:
			return "unknown pid format: " + d.argument
		}
	case 't':
		return b.apacheTime(d.argument)
	default:
		return "unknown variable: " + string(rune(d.letter))
	}
	return ""
}

// headerName is the name of an HTTP header as part of a field name: lower case,
// with underscores.
func headerName(s string) string {
	name := []byte(s)
	for i, c := range name {
		switch {
		case c == '-':
			name[i] = '_'
		case c >= 'A' && c <= 'Z':
			name[i] = c | 0x20
		}
	}
	return string(name)
}

func (b *builder) apacheTime(argument string) (reason string) {
	for _, prefix := range [...]string{"begin:", "end:"} {
		if rest, ok := strings.CutPrefix(argument, prefix); ok {
			argument = rest
			break
		}
	}
	switch argument {
	case "sec":
		b.value("", "", sinceEpoch(second))
	case "msec":
		b.value("", "", sinceEpoch(1_000_000))
	case "usec":
		b.value("", "", sinceEpoch(1_000))
	case "msec_frac", "usec_frac":
		b.value("sec_frac", "", number(readFraction))
	default:
		return b.strftime(argument)
	}
	return ""
}
