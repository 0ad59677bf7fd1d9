//go:build unix

package cli_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/hekad/heka/internal/cli"
	"github.com/hekad/heka/internal/deadletter"
	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins"
	"github.com/hekad/heka/internal/queue"
	"github.com/hekad/heka/internal/share"
	"github.com/hekad/heka/message"
)

// place is a directory with all that samples work on, and a running heka.
type place struct {
	dir     string // copied for each sample
	live    string // directory of the running heka, its base_dir too
	address string // of its TcpInput
	names   *strings.Replacer
}

// mapped are the names in samples that mean something else here: in order, the
// first that fits. HERE is the directory of the sample, LIVE that of the running
// heka, RECEIVER its address.
var mapped = []struct{ in, out string }{
	{"unix:/var/cache/hekad/admin.sock", "unix:LIVE/admin.sock"},
	{"/etc/heka/conf.d", "etc/heka/conf.d"},
	{"/etc/hekad.toml", "heka.toml"},
	{"/var/cache/hekad", "cache"},
	{"/var/log/", "log/"},
	{"/tmp/heka", "tmp/heka"},
	{"/proc/loadavg", "loadavg"},
	{"./bin/heka", "heka"},
	{"heka.toml:nginx", "script.toml:nginx"},
	{"127.0.0.1:5565", "RECEIVER"},
	{"localhost:5565", "RECEIVER"},
	{"localhost:5566", "RECEIVER"},
	{"host:5565", "RECEIVER"},
	{"--num 1000000", "--num 1000"},
	{"--num 100000", "--num 1000"},
	{"--rate 5000 --duration 30s", "--rate 5000 --duration 1s"},
	{"heka inject ", "heka inject --heka RECEIVER "},
}

// newPlace makes the directory and starts heka.
func newPlace(t *testing.T) *place {
	t.Helper()
	root, err := os.MkdirTemp("", "heka") // a short one, for sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	p := &place{dir: filepath.Join(root, "files"), live: filepath.Join(root, "live"), address: netconftest.Address(t)}
	names := strings.NewReplacer("LIVE", p.live, "RECEIVER", p.address)
	var pairs []string
	for _, m := range mapped {
		pairs = append(pairs, m.in, names.Replace(m.out))
	}
	p.names = strings.NewReplacer(pairs...)
	p.fill(t)
	p.start(t)
	return p
}

// write writes a file of the place, with the names that hold here.
func (p *place) write(t *testing.T, name string, data []byte) {
	t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// fill writes the files.
func (p *place) fill(t *testing.T) {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("..", "..", "testdata", "examples", "files.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		p.write(t, f.Name, []byte(p.names.Replace(string(f.Data))))
	}
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, config, _ := strings.Cut(string(readme), "```toml\n")
	config, _, _ = strings.Cut(config, "```")
	for _, name := range []string{"heka.toml", "nginx.toml", "old.toml", "tests/heka.toml", "etc/heka/conf.d/heka.toml"} {
		p.write(t, name, []byte(p.names.Replace(config)))
	}
	for _, name := range []string{"new.toml", "new/conf.d/heka.toml"} {
		p.write(t, name, []byte(p.names.Replace(strings.Replace(config, ">= 500", ">= 400", 1))))
	}
	for name, begin := range map[string]string{"sbmgr": "  ip_address", "flood": "  [local]"} {
		c, _, err := cli.Commands(plugins.All()).Find([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		_, sample, ok := strings.Cut(c.Long, begin)
		if !ok {
			t.Fatalf("heka %s --help shows no configuration", name)
		}
		sample, _, _ = strings.Cut(begin+sample, "\n\nT") // up to the next sentence
		p.write(t, name+".toml", []byte(p.names.Replace(sample)))
	}
	script, err := share.Files.ReadFile("lua_decoders/linux_loadavg.lua")
	if err != nil {
		t.Fatal(err)
	}
	p.write(t, "lua_decoders/linux_loadavg.lua", script)
	p.write(t, "loadavg", []byte("0.10 0.20 0.30 1/100 4711\n"))
	p.fillMessages(t)
	for _, name := range []string{"nginx_test.txtar", "tests/heka_test.txtar"} {
		p.writeCase(t, name)
	}
	if err := os.CopyFS(filepath.Join(p.dir, "testdata", "demo"), os.DirFS(filepath.Join("..", "..", "testdata", "demo"))); err != nil {
		t.Fatal(err)
	}
	p.write(t, "programs/heka", []byte(wrapper(t)))
	p.write(t, "programs/jq", []byte(standInJQ))
	p.write(t, "programs/dot", []byte("#!/bin/sh\nexec grep -c digraph\n"))
	p.write(t, "programs/ssh", []byte("#!/bin/sh\nshift\nexec \"$@\"\n"))
	for _, name := range []string{"heka", "jq", "dot", "ssh"} {
		if err := os.Chmod(filepath.Join(p.dir, "programs", name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// writeCase writes a case for heka.toml and lets heka fill it in.
func (p *place) writeCase(t *testing.T, name string) {
	t.Helper()
	p.write(t, name, []byte(`A request that failed.
-- input/nginx_log --
10.0.0.2 - - [10/Feb/2026:12:00:01 +0000] "GET /x HTTP/1.1" 502 12 "-" "curl/8"
-- messages/errors.json --
`))
	cmd := exec.Command("heka", "config", "test", "--config", "heka.toml", "--update", name)
	cmd.Dir = p.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	archive, err := txtar.ParseFile(filepath.Join(p.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, "output/") }) // has a uuid
	p.write(t, name, txtar.Format(archive))
}

// wrapper is a script that runs heka and notes its exit code, which a pipe would
// hide.
func wrapper(t *testing.T) string {
	t.Helper()
	heka, err := exec.LookPath("heka")
	if err != nil {
		t.Fatal(err)
	}
	return "#!/bin/sh\ntrap : INT\n'" + heka + "' \"$@\"\ncode=$?\necho $code >>\"$CODES\"\nexit $code\n"
}

// standInJQ wants every name of its program to be a name in the JSON it reads.
const standInJQ = `#!/bin/sh
json=$(cat)
for name in $(echo "$1" | tr -cs a-z_ ' '); do
	echo "$json" | grep -q "\"$name\":" || { echo "jq: there is no $name" >&2; exit 5; }
done
`

// accessMessages are messages as samples look for them.
func accessMessages() []*message.Message {
	var all []*message.Message
	for i := range 40 {
		m := message.New()
		m.SetUUID(message.UUID{byte(i), 1})
		m.SetTimestamp(time.Now().Add(-90*time.Minute).UnixNano() + int64(i))
		m.SetType([]string{"nginx.access", "app.event", "x", "debug"}[i%4])
		m.SetLogger("nginx")
		m.SetSeverity(int32(i % 8))
		m.SetHostname("web1")
		m.SetPayload("a timeout")
		m.AddInteger("status", int64(200+i%2*302), "")
		m.AddString("request", "GET /")
		all = append(all, m)
	}
	return all
}

// fillMessages writes messages in all forms.
func (p *place) fillMessages(t *testing.T) {
	t.Helper()
	var frames, lines, letters []byte
	var records, dead []queue.Record
	for _, m := range accessMessages() {
		letter := message.New()
		deadletter.Letter{Plugin: "relay", Reason: "too_big", Error: "it is too big", Message: m}.Write(letter)
		frames, letters = frame(t, frames, m), frame(t, letters, letter)
		lines = append(message.AppendJSON(lines, m), '\n')
		records = append(records, queue.Record{Body: m.AppendWire(nil)})
		dead = append(dead, queue.Record{Body: letter.AppendWire(nil)})
	}
	for _, name := range []string{"messages.hpb", "all.hpb", "captured.hpb", "m.hpb", "log/heka/a.hpb"} {
		p.write(t, name, frames)
	}
	p.write(t, "dead.hpb", letters)
	p.write(t, "messages.jsonl", lines)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	for _, m := range accessMessages() {
		m.SetTimestamp(time.Now().UnixNano())
		if _, err := z.Write(frame(t, nil, m)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	p.write(t, "messages.hpb.gz", zipped.Bytes())
	for name, records := range map[string][]queue.Record{"queue": records, "cache/output_queue/relay": records, "dead": dead} {
		q, _, err := queue.Open(filepath.Join(p.dir, name), queue.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := q.Append(records); err != nil {
			t.Fatal(err)
		}
		if err := q.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// frame appends a message in the stream format.
func frame(t *testing.T, dst []byte, m *message.Message) []byte {
	t.Helper()
	dst, err := framing.Append(dst, m.AppendWire(nil), framing.DefaultMaxBody)
	if err != nil {
		t.Fatal(err)
	}
	return dst
}

// start runs heka until the test ends, and sends it messages without end.
func (p *place) start(t *testing.T) {
	t.Helper()
	if err := os.CopyFS(p.live, os.DirFS(p.dir)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("heka", "run", "--config", "live.toml")
	cmd.Dir, cmd.Env = p.live, append(os.Environ(), "HEKA_BASE_DIR="+p.live)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var conn net.Conn
	var err error
	every := time.NewTicker(20 * time.Millisecond)
	for began := time.Now(); time.Since(began) < limit; {
		<-every.C
		if conn, err = net.Dial("tcp", p.address); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, &said)
	}
	var frames []byte
	for _, m := range accessMessages() {
		frames = frame(t, frames, m)
	}
	sending := make(chan struct{})
	go func() {
		defer close(sending)
		defer every.Stop()
		for range every.C {
			if _, err := conn.Write(frames); err != nil {
				return
			}
		}
	}()
	go func() { _, _ = io.Copy(io.Discard, conn) }() // ends with the connection
	t.Cleanup(func() {
		conn.Close()
		<-sending
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the running heka: %v\n%s", err, &said)
		}
	})
}

// copied makes a directory of a sample's own.
func (p *place) copied(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "d")
	if err := os.CopyFS(dir, os.DirFS(p.dir)); err != nil {
		t.Fatal(err)
	}
	return dir
}
