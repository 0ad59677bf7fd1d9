//go:build services

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// curl runs curl and returns the status of the answer.
func curl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := tool(t, "curl", append([]string{"-sS", "-o", os.DevNull, "-w", "%{http_code}", "--max-time", "20"}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Sprintf("%v: %s", err, out)
	}
	return string(out)
}

// nginx runs nginx with the given http section in the foreground.
func nginx(t *testing.T, dir, section string) *exec.Cmd {
	t.Helper()
	for _, d := range []string{"body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		os.MkdirAll(filepath.Join(dir, d), 0o755)
	}
	conf := write(t, filepath.Join(dir, "nginx.conf"), fmt.Sprintf(`
daemon off; master_process off; pid %[1]s/nginx.pid; error_log %[1]s/error.log;
events {}
http {
  client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/fastcgi;
  uwsgi_temp_path %[1]s/uwsgi; scgi_temp_path %[1]s/scgi; client_max_body_size 100m; client_body_buffer_size 1m;
  log_format body escape=none '$request_body';
  access_log off;
  %[2]s
}`, dir, section))
	cmd := tool(t, "nginx", "-c", conf, "-p", dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd
}

func contents(path string) string {
	b, _ := os.ReadFile(path)
	return string(b)
}

// TestNginxInFrontAndBehind sends with curl through nginx as a proxy into
// HttpListenInput, from there with HttpOutput to nginx as a receiver, which is away
// for a while, and lets HttpInput poll a file that nginx serves.
func TestNginxInFrontAndBehind(t *testing.T) {
	dir := t.TempDir()
	listen, front, behind := freeAddress(t), freeAddress(t), freeAddress(t)
	received := filepath.Join(dir, "received.log")
	write(t, filepath.Join(dir, "status.txt"), "all is well")
	proxy := fmt.Sprintf("server { listen %s; location / { proxy_pass http://%s; } }", front, listen)
	sink := fmt.Sprintf(`
server { listen %[1]s;
  location /in { access_log %[2]s body; proxy_pass http://%[1]s/ok; }
  location /ok { return 200; }
  location /status.txt { root %[3]s; } }`, behind, received, dir)
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	os.Mkdir(a, 0o755)
	os.Mkdir(b, 0o755)
	nginx(t, a, proxy)
	receiver := nginx(t, b, sink)
	dial(t, front).Close()
	dial(t, behind).Close()
	config, out := linesConfig(t, dir, fmt.Sprintf(`
[in]
type = "HttpListenInput"
address = %q
acknowledge = true
[poll]
type = "HttpInput"
url = "http://%s/status.txt"
ticker_interval = 1
[relay]
type = "HttpOutput"
message_matcher = "Type == 'heka.httpdata.request'"
address = "http://%[2]s/in"
encoder = "text"
`, listen, behind))
	h := start(t, config)
	dial(t, listen).Close()
	until(t, "the polled file", func() bool { return strings.Contains(contents(out), "all is well") })
	if got := curl(t, "-d", "through nginx\n", "http://"+front+"/a"); got != "200" {
		t.Fatalf("status %s\n%s", got, h.output())
	}
	if !strings.Contains(contents(received), "through nginx") || !strings.Contains(contents(out), "through nginx") {
		t.Error("acknowledged, but not delivered")
	}

	receiver.Process.Kill()
	receiver.Wait()
	answer := make(chan string)
	go func() { answer <- curl(t, "-d", "while away\n", "http://"+front+"/a") }()
	until(t, "a failed attempt", func() bool { return strings.Contains(h.output(), "connection refused") })
	nginx(t, b, sink)
	if got := <-answer; got != "200" {
		t.Errorf("status %s\n%s", got, h.output())
	}
	if got := strings.Count(contents(received), "while away"); got != 1 {
		t.Errorf("delivered %d times", got)
	}
	h.signal(syscall.SIGTERM)
	h.wait(0)
}

// TestCurlAndOpensslOverTLS holds versions, client certificates, authentication and
// packed bodies of HttpListenInput against other programs.
func TestCurlAndOpensslOverTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := certificate(t, dir)
	addr := freeAddress(t)
	config, out := linesConfig(t, dir, fmt.Sprintf(`
[in]
type = "HttpListenInput"
address = %q
auth_type = "API"
api_key = "s3cret-key"
use_tls = true
  [in.tls]
  cert_file = %q
  key_file = %q
  client_auth = "RequireAndVerifyClientCert"
  client_cafile = %q
`, addr, cert, key, cert))
	h := start(t, config)
	dial(t, addr).Close()
	url := "https://localhost:" + addr[strings.LastIndexByte(addr, ':')+1:] + "/"
	known := []string{"--cacert", cert, "--cert", cert, "--key", key}
	packed := filepath.Join(dir, "body.gz")
	if text, err := exec.Command("sh", "-c", "echo packed body | gzip > "+packed).CombinedOutput(); err != nil {
		t.Fatalf("gzip: %v\n%s", err, text)
	}
	f := func(want string, args ...string) {
		t.Helper()
		if got := curl(t, append(args, url)...); !strings.HasPrefix(got, want) {
			t.Errorf("%q: got %s, want %s", args, got, want)
		}
	}
	auth := []string{"-H", "X-API-Key: s3cret-key"}
	all := append(append([]string{}, known...), auth...)
	f("200", append(all, "-d", "plain body\n")...)
	f("200", append(all, "--http1.1", "-d", "one\n")...)
	f("200", append(all, "--http2", "-d", "two\n")...)
	f("200", append(all, "--tlsv1.2", "--tls-max", "1.2", "-d", "old\n")...)
	f("200", append(all, "-H", "Content-Encoding: gzip", "--data-binary", "@"+packed)...)
	f("400", append(all, "-H", "Content-Encoding: gzip", "-d", "not packed")...)
	f("415", append(all, "-H", "Content-Encoding: br", "-d", "x")...)
	f("401", append(append([]string{}, known...), "-d", "x")...)
	f("exit status 60", append(append([]string{}, auth...), "--cert", cert, "--key", key, "-d", "x")...) // its own check fails
	f("exit status", append(append([]string{}, auth...), "--cacert", cert, "-d", "x")...)                // no certificate
	for flag, want := range map[string]bool{"-tls1_3": true, "-tls1_2": true, "-tls1_1": false} {
		cmd := tool(t, "openssl", "s_client", "-connect", addr, flag, "-CAfile", cert, "-cert", cert, "-key", key, "-verify_return_error", "-quiet", "-no_ign_eof", "-ign_eof")
		cmd.Stdin = strings.NewReader("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Key: s3cret-key\r\nContent-Length: 8\r\n\r\nopenssl\n")
		text, err := cmd.CombinedOutput()
		if got := err == nil && strings.Contains(string(text), "HTTP/1.1 200"); got != want {
			t.Errorf("openssl %s: %v\n%s", flag, err, text)
		}
	}
	for _, line := range []string{"plain body", "one", "two", "old", "packed body", "openssl"} {
		until(t, line, func() bool { return strings.Contains(contents(out), line+"\n") })
	}
	if strings.Contains(h.output(), "s3cret-key") {
		t.Error("the log tells the key")
	}
	shown, err := exec.Command(binary, "config", "show", config).CombinedOutput()
	if err != nil || strings.Contains(string(shown), "s3cret-key") || !strings.Contains(string(shown), "api_key") {
		t.Errorf("config show: %v\n%s", err, shown)
	}
	h.signal(syscall.SIGTERM)
	h.wait(0)
}
