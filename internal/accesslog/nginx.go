package accesslog

// parseNginx takes an nginx log_format apart.
func parseNginx(b *builder, format string) *FormatError {
	for i := 0; i < len(format); {
		start := i
		switch c := format[i]; {
		case isSpace(c):
			b.space()
			i++
		case c == '$':
			for i++; i < len(format) && isNameByte(format[i]); i++ {
			}
			if i == start+1 {
				return &FormatError{start + 1, format[start:min(start+2, len(format))], badSyntax +
					": a variable name of letters, digits and _ has to follow $"}
			}
			b.nginxVariable(format[start+1 : i])
		default:
			for i < len(format) && format[i] != '$' && !isSpace(format[i]) {
				i++
			}
			b.literal(format[start:i])
		}
	}
	return nil
}

func isNameByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' }

// nginxVariable notes a variable; those that are not listed are texts.
func (b *builder) nginxVariable(name string) {
	switch name {
	case "body_bytes_sent", "bytes_sent", "content_length", "request_length":
		b.value(name, "B", integer)
	case "binary_remote_addr":
		b.value(name, "", fourBytes)
	case "connection", "connection_requests", "pid", "remote_port", "server_port",
		"tcpinfo_rtt", "tcpinfo_rttvar", "tcpinfo_snd_cwnd", "tcpinfo_rcv_space":
		b.value(name, "", integer)
	case "host", "hostname", "proxy_protocol_addr", "remote_addr", "server_addr", "server_name":
		b.open(name, host)
	case "https":
		b.value(name, "", choice("on", ""))
	case "is_args":
		b.value(name, "", choice("?", ""))
	case "msec":
		b.value("", "", msec)
	case "nginx_version":
		b.value(name, "", digitGroups(3))
	case "pipe":
		b.value(name, "", choice("p", "."))
	case "request_completion":
		b.value(name, "", choice("OK", ""))
	case "request_method":
		b.value(name, "", requestMethod())
	case "request_time":
		b.value(name, "s", number(readDecimal))
	case "scheme":
		b.value(name, "", choice("https", "http"))
	case "server_protocol":
		b.value(name, "", protocol)
	case "status":
		b.value(name, "", number(readStatus))
	case "time_iso8601":
		b.value("", "", iso8601)
	case "time_local":
		b.value("", "", clf)
	case "upstream_addr":
		b.open(name, upstreams)
	case "upstream_cache_status":
		b.value(name, "", choice("HIT", "MISS", "EXPIRED", "BYPASS", "STALE", "UPDATING", "REVALIDATED", "-"))
	case "upstream_cache_last_modified":
		b.value(name, "", dash(httpDate))
	case "upstream_response_length":
		b.value(name, "B", dash(numbers(readInteger)))
	case "upstream_response_time":
		b.value(name, "s", numbers(dashIsZero(readNumber)))
	case "upstream_status":
		b.value(name, "", numbers(dashIsZero(readInteger)))
	default:
		b.open(name, text)
	}
}

func requestMethod() matcher {
	return choice("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT")
}
