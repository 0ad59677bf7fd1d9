package share_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/accesslog"
	"github.com/hekad/heka/internal/sandbox"
	"github.com/hekad/heka/internal/share"
	"github.com/hekad/heka/message"
)

// keeper is a host that keeps the last message.
type keeper struct {
	recorder
	last *message.Message
}

func (k *keeper) InjectMessage(wire []byte) sandbox.Verdict {
	k.last = message.New()
	if k.last.Parse(slices.Clone(wire)) != nil {
		return sandbox.BadMessage
	}
	return sandbox.Injected
}

// part is a piece of a format and what may stand for it in a line.
type part struct {
	format string
	lines  []string
}

var separators = []part{
	{" ", []string{" ", "  "}}, {"|", []string{"|"}}, {`" "`, []string{`" "`}}, {", ", []string{", "}},
	{"] [", []string{"] ["}}, {":", []string{":"}}, {".", []string{"."}}, {"-", []string{"-"}}, {" : ", []string{" : "}},
}

var (
	texts = []string{"-", "x", "", `say \"hi\"`, `back\\`, `\`, "a|b:c.d", "GET / HTTP/1.1", "é\xff", `"`}
	hosts = []string{"127.0.0.1", "::1", "www.example.com", "1.2.3.4.example.com", "2001:db8:85a3::8a2e:370:7334", "a%20b",
		"::ffff:12.34.56.78", "255.255.255.256", "1:2:3:4:5:6:7::", "cafe:80", "-", ""}
	clock = []string{"10/Feb/2014:08:46:41 -0800", "31/Feb/2000:23:59:61\t+2359", "01/Mar/2100:00:00:00 +0000", "10/Fab/2014:08:46:41 -0800"}
	whole = []string{"200", "7", "0", "0048213", "9007199254740993", "-", ""}
	parts = []string{"1.5", "0.000", "0.123", "123456789.123456789", "1", "1.", ".5"}
	agent = []string{
		"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:26.0) Gecko/20100101 Firefox/26.0", "curl/7.29.0", "-", "",
		"Mozilla/5.0 (Windows NT 6.2) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1667.0 Safari/537.36",
		"Opera/9.80 (Windows NT 6.0) Presto/2.12.388 Version/12.14", "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.1)",
		"Mozilla/5.0 (iPad) Mobile/7B405 Safari/x", "Firefox", "Chrome/Chrome/3",
	}
)

var nginxParts = []part{
	{"$http_referer", texts}, {"$request", texts}, {"$remote_addr", hosts}, {"$host", hosts}, {"$time_local", clock},
	{"$status", whole}, {"$body_bytes_sent", whole}, {"$request_time", parts}, {"$msec", parts}, {`"$http_user_agent"`, quoted(agent)},
	{"$time_iso8601", []string{"2014-02-10T08:46:41-08:00", "2000-02-30T23:59:60.5Z", "2014-02-10T08:46:41"}},
	{"$https", []string{"on", "", "o"}}, {"$pipe", []string{"p", "."}}, {"$request_method", []string{"GET", "POST", "PUTT"}},
	{"$server_protocol", []string{"HTTP/1.1", "HTTP/2", "HTTP/10.0"}}, {"$scheme", []string{"http", "https"}},
	{"$upstream_addr", []string{"10.0.0.1:80", "-", "10.0.0.1:80, [::1]:80 : unix:/tmp/a|b", ""}},
	{"$upstream_status", []string{"200", "502, 200", "- : 404", "-"}}, {"$upstream_response_time", []string{"0.1", "1, -, 0.25 : 3.5", "-"}},
	{"$upstream_response_length", []string{"10, 20 : 30", "-"}}, {"$upstream_cache_status", []string{"HIT", "-", "hit"}},
}

var apacheParts = []part{
	{"%h", hosts}, {"%A", hosts}, {"%u", texts}, {"%r", texts}, {"%{Referer}i", texts}, {"%!200,304{X-Y}o", texts},
	{"%t", []string{"[10/Feb/2014:08:46:41 -0800]", "[31/Feb/2000:23:59:61\t+2359]", "-"}}, {`\"%{User-agent}i\"`, quoted(agent)},
	{"%>s", whole}, {"%b", whole}, {"%D", whole}, {"%T", whole}, {"%p", whole}, {"%%", []string{"%"}}, {"%X", []string{"+", "-", "X"}},
	{"%{hextid}P", []string{"63", "fF", "-"}}, {"%{sec}t", whole}, {"%{msec_frac}t", whole}, {"%{%d/%b/%Y:%H:%M:%S %z}t", clock},
	{"%{begin:%F %T}t", []string{"2014-02-10 08:46:41", "2014-02-30 23:59:61"}}, {`\041`, []string{")"}},
}

func quoted(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = `"` + s + `"`
	}
	return out
}

// twins are the script and the library in Go for one format.
type twins struct {
	t       *testing.T
	name    string // language and format
	library *accesslog.Format
	script  *sandbox.Sandbox
	host    *keeper
	matched int
}

func newTwins(t *testing.T, language, format string, keep accesslog.KeepUserAgent) *twins {
	t.Helper()
	compile := accesslog.NewNginx
	if language == "apache" {
		compile = accesslog.NewApache
	}
	w := &twins{t: t, name: language + " " + format, host: &keeper{recorder: recorder{t: t}}}
	var err error
	if w.library, err = compile(format); err != nil {
		t.Fatalf("%s: %v", w.name, err)
	}
	w.library.TransformUserAgent(keep)
	path := "lua_decoders/" + language + "_access.lua"
	script, err := sandbox.Load("/nowhere/"+path, path, share.Files)
	if err != nil {
		t.Fatal(err)
	}
	w.script, err = sandbox.New(sandbox.Options{
		Kind: sandbox.Decoder, Script: script, Share: share.Files, Limits: sandbox.DefaultLimits(), Host: w.host,
		Config: map[string]any{
			"log_format": format, "user_agent_transform": true,
			"user_agent_keep":        keep == accesslog.KeepAll,
			"user_agent_conditional": keep == accesslog.KeepUnrecognized,
		},
	})
	if err != nil {
		t.Fatalf("%s: %v", w.name, err)
	}
	return w
}

// agree decodes a line both ways and reports whether the messages are equal.
func (w *twins) agree(line string) bool {
	w.t.Helper()
	in, want := message.New(), message.New()
	in.SetPayload(line)
	w.host.last = nil
	status, text := w.script.ProcessMessage(in)
	err := w.library.Parse(line, want)
	if status > 0 || (status == 0) != (err == nil) {
		w.t.Errorf("%s on %q: status %d %s; Go says %v", w.name, line, status, text, err)
		return false
	}
	if err != nil {
		return true
	}
	w.matched++
	same := true
	if d := math.Abs(float64(w.host.last.Timestamp() - want.Timestamp())); want.HasTimestamp() && d > 256 {
		w.t.Errorf("%s on %q: time %d; want %d", w.name, line, w.host.last.Timestamp(), want.Timestamp())
		same = false
	}
	if got, want := fields(w.host.last), fields(want); got != want {
		w.t.Errorf("%s on %q: got\n%swant\n%s", w.name, line, got, want)
		same = false
	}
	return same
}

func (w *twins) close() {
	if err := w.script.Close(); err != nil {
		w.t.Error(err)
	}
}

// TestAccessLogDecodersAgree compares the scripts with the library in Go, on made up
// formats and lines that nearly match.
func TestAccessLogDecodersAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	matched := 0
	for n := range 300 {
		language, values := "nginx", nginxParts
		if n%2 == 1 {
			language, values = "apache", apacheParts
		}
		var pieces []part
		for range 1 + r.IntN(4) {
			pieces = append(pieces, values[r.IntN(len(values))], separators[r.IntN(len(separators))])
		}
		if r.IntN(2) == 0 {
			pieces = pieces[:len(pieces)-1]
		}
		var format string
		for _, p := range pieces {
			format += p.format
		}
		if strings.Trim(format, "% |\",][:.-041\\") == "" {
			continue // no variable at all, which the library refuses
		}
		w := newTwins(t, language, format, accesslog.KeepUserAgent(r.IntN(3)))
		for range 15 {
			var line string
			for _, p := range pieces {
				line += p.lines[min(r.IntN(len(p.lines)), r.IntN(len(p.lines)))]
			}
			if !w.agree(line) {
				break
			}
		}
		matched += w.matched
		w.close()
	}
	if matched < 1000 {
		t.Errorf("only %d lines matched: the test tests little", matched)
	}
}

// fields are the fields of m in the notation of the cases.
func fields(m *message.Message) string {
	var b strings.Builder
	for line := range strings.Lines(render(m)) {
		if strings.Contains(line, " = ") {
			fmt.Fprint(&b, line)
		}
	}
	return b.String()
}
