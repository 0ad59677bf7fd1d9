package accesslog_test

import (
	"math/rand/v2"
	"testing"
)

// component is a piece of a format and what may stand for it in a line.
type component struct {
	format string
	lines  []string
}

var separators = []component{
	{" ", []string{" ", "  ", "\t \n"}}, {"  ", []string{" "}}, {"|", []string{"|"}}, {`"`, []string{`"`, `\"`}},
	{`" "`, []string{`" "`, `"  "`}}, {", ", []string{", "}}, {"] [", []string{"] ["}}, {":", []string{":"}},
	{".", []string{"."}}, {"-", []string{"-"}}, {"", []string{""}}, {" : ", []string{" : "}}, {`\`, []string{`\`}}, {"::", []string{"::"}},
}

var texts = []string{"", "-", "x y", `say \"hi\"`, `back\\`, `\`, `\\\"`, "a|b:c.d", "GET / HTTP/1.1", "é\xff", "10", `"`}

var hosts = []string{"127.0.0.1", "1.2.3.4.example.com", "255.255.255.256", "::1", "2001:db8:85a3::8a2e:370:7334",
	"::ffff:12.34.56.78", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "1:2:3:4:5:6::8", "1:2:3:4:5:6:1.2.3.4", "1::2:3:4:5:6:7", "1:2:3::", "fe80::1%25eth0",
	"www.example.com", "a%20b", "cafe:80", "a,b;c", "-", "", "[::1]", "1:2:3:4:5:6:7:8:9", "12345::1", "::1.2.3", "1::1.2.3.4"}

var clfs = []string{"10/Feb/2014:08:46:41 -0800", "31/Feb/2000:23:59:61\t+2359", "01/Mar/2100:00:00:00 +0000",
	"29/Feb/1900:12:00:00 -0000", "31/Dec/9999:00:00:00 -0100", "01/Jan/0000:00:00:00 +0100", "10/Fab/2014:08:46:41 -0800"}

var ints = []string{"0", "7", "200", "0048213", "123456789012345678901234567890", "9007199254740993", "-", ""}

var decimals = []string{"0.000", "1.5", "0.123", "123456789.123456789", "9007199254740993.5", "1", "1.", ".5", "-",
	"0.0000000000000000000000000000001"}

var nginxValues = []component{
	{"$http_referer", texts}, {"$request", texts}, {"$remote_addr", hosts}, {"$host", hosts}, {"$time_local", clfs},
	{"$status", ints}, {"$body_bytes_sent", ints}, {"$request_time", decimals}, {"$msec", append(decimals, "1391794831.755")},
	{"$time_iso8601", []string{"2014-02-10T08:46:41-08:00", "2000-02-30T23:59:60.123456789123Z", "0000-01-01T00:00:00.5Z", "2014-02-10T08:46:41"}},
	{"$https", []string{"on", "", "o"}}, {"$is_args", []string{"?", ""}}, {"$pipe", []string{"p", "."}},
	{"$request_method", []string{"GET", "POST", "PUTT", "OPTIONS"}}, {"$server_protocol", []string{"HTTP/1.1", "HTTP/2", "HTTP/10.0"}},
	{"$scheme", []string{"http", "https"}}, {"$nginx_version", []string{"1.2.3", "1.27.14", "1.2"}}, {"$binary_remote_addr", []string{"abcd", "\x00\xff\" "}},
	{"$upstream_addr", []string{"-", "10.0.0.1:80", "10.0.0.1:80, [::1]:80 : unix:/tmp/a|b", "a, , b", ""}},
	{"$upstream_status", []string{"200", "502, 200", "- : 404", "200, x", "-"}},
	{"$upstream_response_time", []string{"0.1", "1, -, 0.25 : 3.5", "-", "1."}},
	{"$upstream_response_length", []string{"-", "10, 20 : 30", "10, -"}},
	{"$upstream_cache_status", []string{"HIT", "MISS", "-", "hit"}},
	{"$upstream_cache_last_modified", []string{"-", "Mon, 28 Sep 1970 06:00:00 GMT", "Tue, 30 Feb 2999 23:59:61 GMT"}},
}

var apacheValues = []component{
	{"%h", hosts}, {"%{c}a", hosts}, {"%A", hosts}, {"%v", hosts}, {"%u", texts}, {"%l", texts}, {"%r", texts}, {"%{Referer}i", texts}, {"%!200,304{X-Y}o", texts},
	{"%t", append(clfs, "[10/Feb/2014:08:46:41 -0800]", "[31/Feb/2000:23:59:61\t+2359]")},
	{"%>s", ints}, {"%b", ints}, {"%B", ints}, {"%D", ints}, {"%T", ints}, {"%p", ints}, {"%%", []string{"%"}}, {"%X", []string{"+", "-", "X"}},
	{"%{hextid}P", []string{"63", "fffFFFFFFFFFFFFFFFF", "0123456789abcdef0", "-"}}, {"%{sec}t", ints}, {"%{end:usec}t", ints}, {"%{msec_frac}t", ints},
	{"%{%d/%b/%Y:%H:%M:%S %z}t", clfs}, {"%{%F %T}t", []string{"2014-02-10 08:46:41", "2014-02-30 23:59:61"}},
	{"%{%z}t", []string{"-0800", "+2359", "0800"}}, {"%{%T}t", []string{"08:46:41"}}, {"%{begin:%s}t", ints}, {"%{%Z}t", []string{"PST", "EDT", "UTC", "CEST", "Pacific", ""}},
	{"%{%c}t", []string{"Mon Feb 10 16:46:36 2014", "Tue Dec  1 00:00:00 1999"}},
	{"%{%D %r}t", []string{"02/10/14 04:46:36 PM", "12/31/99 12:59:61 AM", "12/31/99 00:59:00 PM"}},
	{"%{%B %e %G %l:%M %p%Z}t", []string{"May  1 2014  1:00 PMEST", "August 31 2014 12:00 AM", "August 31 2014 \t9:00 AMUTC"}},
	{"%{%k h}t", []string{"10 h", " 9 h", "09 h"}}, {`\t`, []string{"\t"}}, {`\"`, []string{`"`}}, {`\037`, []string{"%", " "}},
}

// TestTwinAgreesOnComposedFormats makes up formats and lines that nearly match.
func TestTwinAgreesOnComposedFormats(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(cs []component) component { return cs[r.IntN(len(cs))] }
	matched := 0
	for range 2000 {
		language, values := "nginx", nginxValues
		if r.IntN(2) == 0 {
			language, values = "apache", apacheValues
		}
		var parts []component
		for range 1 + r.IntN(4) {
			parts = append(parts, pick(values), pick(separators))
		}
		if r.IntN(2) == 0 {
			parts = parts[:len(parts)-1]
		}
		format := ""
		for _, p := range parts {
			format += p.format
		}
		lines := make([]string, 20)
		for i := range lines {
			for _, p := range parts {
				// The first ones are the good ones.
				n := min(r.IntN(len(p.lines)), r.IntN(len(p.lines)))
				lines[i] += p.lines[n]
			}
		}
		checkTwin(t, language, format, lines...)
		if f, err := compile(language, format); err == nil {
			for _, line := range lines {
				if parse(t, f, line)[0] != "no match" {
					matched++
				}
			}
		}
	}
	if matched < 5000 {
		t.Errorf("only %d lines matched: the test tests little", matched)
	}
}
