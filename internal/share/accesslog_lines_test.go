package share_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/accesslog"
	"github.com/hekad/heka/internal/drawtest"
)

// formats are those that servers write by default, and common ones that tell more.
var formats = []struct{ language, format string }{
	{"nginx", `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`},
	{"nginx", `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for" $request_time $upstream_addr $upstream_response_time $pipe`},
	{"nginx", `$msec|$host|$server_protocol|$request_method|$uri|$status|$request_length|$connection|$http_user_agent|`},
	{"apache", `%h %l %u %t \"%r\" %>s %b`},
	{"apache", `%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"`},
	{"apache", `%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\" %D`},
}

// values makes up values of variables and directives, most of them such as servers
// write, some hostile.
type values struct{ *rand.Rand }

func (v values) one(list ...string) string { return list[v.IntN(len(list))] }

// piece is a part of a format: a variable's name, or a literal.
type piece struct{ name, literal string }

// pieces takes a format apart.
func pieces(language, format string) (list []piece) {
	variable := regexp.MustCompile(`\$\w+`)
	if language == "apache" {
		variable = regexp.MustCompile(`%>?(\{[^}]*\})?[a-zA-Z]`)
		format = strings.ReplaceAll(format, `\"`, `"`)
	}
	end := 0
	for _, at := range variable.FindAllStringIndex(format, -1) {
		list = append(list, piece{literal: format[end:at[0]]}, piece{name: format[at[0]+1 : at[1]]})
		end = at[1]
	}
	return append(list, piece{literal: format[end:]})
}

// line makes up a line; some are damaged.
func (v values) line(list []piece) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(p.literal)
		if p.name != "" {
			b.WriteString(v.of(p.name))
		}
	}
	line := b.String()
	if v.IntN(30) == 0 {
		at := v.IntN(len(line))
		switch v.IntN(3) {
		case 0:
			line = line[:at]
		case 1:
			line = line[:at] + line[at+1:]
		default:
			line = line[:at] + v.hostile() + line[at:]
		}
	}
	return line + v.one("", "", "\n", " and more")
}

// TestAccessLogDecodersAgreeOnManyLines compares scripts and library on lines of the
// formats of servers: half of them always the same, half others if ACCESS_LOG_SEED says
// so.
func TestAccessLogDecodersAgreeOnManyLines(t *testing.T) {
	lines := 100_000
	if testing.Short() {
		lines = 6_000
	}
	seeds := []uint64{1, 1 + drawtest.Seed(t, "ACCESS_LOG_SEED")}
	each := lines/(len(seeds)*len(formats)) + 1
	for i, f := range formats {
		list := pieces(f.language, f.format)
		for _, seed := range seeds {
			w := newTwins(t, f.language, f.format, accesslog.KeepUserAgent(i%3))
			v := values{rand.New(rand.NewPCG(seed, uint64(i)))}
			bad := 0
			for range each {
				if !w.agree(v.line(list)) {
					if bad++; bad == 5 {
						break
					}
				}
			}
			if bad == 0 && w.matched < each*2/5 { // about half of them should
				t.Errorf("%s: only %d of %d lines matched: the test tests little", w.name, w.matched, each)
			}
			w.close()
		}
	}
}

// hostile is a value that nobody expects.
func (v values) hostile() string {
	switch v.IntN(5) {
	case 0:
		return v.one(texts...)
	case 1:
		return strings.Repeat(v.one("A", "%41", `\x22`, `\"`, "é", "\x00", "]", "[", "|"), 1+v.IntN(60))
	case 2:
		return v.one("' OR 1=1 --", "<script>", "${jndi:ldap://x}", "../../etc/passwd", "\u202e", "\xff\xfe", "\t", "-", "")
	}
	b := make([]byte, v.IntN(12))
	for i := range b {
		if b[i] = byte(v.IntN(256)); b[i] == '\n' {
			b[i] = ' '
		}
	}
	return string(b)
}

func (v values) of(name string) string {
	if v.IntN(40) == 0 {
		return v.hostile()
	}
	switch name {
	case "remote_addr", "h", "host", "v":
		switch v.IntN(4) {
		case 0:
			return fmt.Sprintf("%x:%x::%x", v.IntN(1<<16), v.IntN(1<<16), v.IntN(1<<16))
		case 1:
			return v.one(hosts...)
		}
		return fmt.Sprintf("%d.%d.%d.%d", v.IntN(256), v.IntN(256), v.IntN(256), v.IntN(256))
	case "remote_user", "l", "u":
		return v.one("-", "-", "-", "alice", "a.b@example.com")
	case "time_local":
		return v.time()
	case "t":
		return "[" + v.time() + "]"
	case "msec":
		return fmt.Sprintf("%d.%03d", v.IntN(1<<31), v.IntN(1000))
	case "request", "r":
		return fmt.Sprintf("%s /%x?q=%d HTTP/1.%d", v.request(), v.IntN(1<<20), v.IntN(1000), v.IntN(2))
	case "request_method":
		return v.request()
	case "uri":
		return fmt.Sprintf("/%x/%x", v.IntN(1<<20), v.IntN(1<<20))
	case "server_protocol":
		return v.one("HTTP/1.0", "HTTP/1.1", "HTTP/2.0")
	case "status", ">s":
		return fmt.Sprintf("%s%02d", v.one("1", "2", "2", "2", "3", "4", "5"), v.IntN(100))
	case "request_time":
		return fmt.Sprintf("%d.%03d", v.IntN(100), v.IntN(1000))
	case "upstream_addr":
		return v.one("-", "10.0.0.1:80", "10.0.0.1:80, 10.0.0.2:80", "unix:/tmp/a : 10.0.0.3:8080")
	case "upstream_response_time":
		return v.one("-", "0.123", "0.1, 2.25", "1.000 : -")
	case "pipe":
		return v.one("p", ".")
	case "http_user_agent", "{User-Agent}i":
		return v.one(agent...)
	case "http_referer", "{Referer}i", "http_x_forwarded_for":
		return v.one("-", "-", "https://example.com/?q=1", "10.1.2.3, 10.2.3.4")
	}
	return fmt.Sprint(v.IntN(1 << v.IntN(40)))
}

func (v values) request() string {
	return v.one("GET", "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS")
}

func (v values) time() string {
	zone := time.FixedZone("", (v.IntN(49)-24)*1800)
	return time.Unix(int64(v.IntN(1<<31)), 0).In(zone).Format("02/Jan/2006:15:04:05 -0700")
}
