//go:build services

package e2e

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// ngircd runs an IRC server for whoever knows the password, and returns its
// addresses without and with TLS.
func ngircd(t *testing.T, dir, cert, key string) (plain, secure string) {
	t.Helper()
	plain, secure = freeAddress(t), freeAddress(t)
	group := filepath.Join(dir, "dh.pem") // it would look for one of its own, for long
	if out, err := tool(t, "openssl", "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048", "-out", group).CombinedOutput(); err != nil {
		t.Fatalf("openssl: %v\n%s", err, out)
	}
	conf := write(t, filepath.Join(dir, "ngircd.conf"), fmt.Sprintf(`
[Global]
Name = irc.example.net
Info = tests
Listen = 127.0.0.1
Ports = %s
Password = open sesame
MotdPhrase = hello
ServerUID = %d
ServerGID = %d
[Limits]
MaxConnectionsIP = 0
MaxPenaltyTime = 0
[Options]
DNS = no
Ident = no
PAM = no
RequireAuthPing = yes
[SSL]
CertFile = %s
KeyFile = %s
DHFile = %s
Ports = %s
[Channel]
Name = #ops
[Channel]
Name = #locked
Modes = +k key
[Channel]
Name = #closed
Modes = +i
`, portOf(plain), os.Getuid(), os.Getgid(), cert, key, group, portOf(secure)))
	daemon(t, unpacked(t, "ngircd", "--nodaemon", "--passive", "--config", conf))
	dial(t, plain).Close()
	dial(t, secure).Close()
	return plain, secure
}

// ircListener is another client, which hears what is said in channels.
type ircListener struct {
	*bufio.Scanner
	conn net.Conn
}

// listenIn joins channels: names, and perhaps a blank and keys.
func listenIn(t *testing.T, address, channels string) *ircListener {
	t.Helper()
	conn := dial(t, address)
	t.Cleanup(func() { conn.Close() })
	l := &ircListener{bufio.NewScanner(conn), conn}
	fmt.Fprintf(conn, "PASS :open sesame\r\nNICK listener\r\nUSER l 0 * :l\r\n")
	l.until(t, " 001 ")
	fmt.Fprintf(conn, "JOIN %s\r\n", channels)
	names, _, _ := strings.Cut(channels, " ")
	for range strings.Split(names, ",") {
		l.until(t, " 366 ")
	}
	return l
}

// until returns the next line with a text in it.
func (l *ircListener) until(t *testing.T, text string) string {
	t.Helper()
	l.conn.SetReadDeadline(time.Now().Add(30 * time.Second))
	for l.Scan() {
		if rest, asked := strings.CutPrefix(l.Text(), "PING "); asked {
			fmt.Fprintf(l.conn, "PONG %s\r\n", rest)
		}
		if strings.Contains(l.Text(), text) {
			return l.Text()
		}
	}
	t.Fatalf("the IRC server says no %q: %v", text, l.Err())
	return ""
}

// whoSays returns who says a command, and what.
func whoSays(line, command string) string {
	nick, _, _ := strings.Cut(strings.TrimPrefix(line, ":"), "!")
	_, what, _ := strings.Cut(line, " "+command+" ")
	return nick + " " + strings.TrimPrefix(what, ":")
}

// ircConfig is heka that says all it gets in channels.
func ircConfig(t *testing.T, dir, in string, outputs ...string) string {
	t.Helper()
	config := fmt.Sprintf(`
[hekad]
base_dir = %q
[in]
type = "TcpInput"
address = %q
splitter = "NullSplitter"
decoder = ""
[text]
type = "PayloadEncoder"
`, filepath.Join(dir, "state"), in)
	for _, o := range outputs {
		config += o
		if strings.Contains(o, ".tls]") {
			continue
		}
		config += `
type = "IrcOutput"
message_matcher = "TRUE"
encoder = "text"
nick = "heka"
ident = "heka"
ticker_interval = 1
time_before_reconnect = 1
`
	}
	return write(t, filepath.Join(dir, "heka.toml"), config)
}

// TestNgircdPassesMessagesOn says messages in channels of a real server, with and
// without TLS, and hears them as another client does.
func TestNgircdPassesMessagesOn(t *testing.T) {
	dir, in := t.TempDir(), freeAddress(t)
	cert, key := certificate(t, dir)
	plain, secure := ngircd(t, dir, cert, key)
	ear := listenIn(t, plain, "#ops,#locked x,key")
	h := start(t, ircConfig(t, dir, in, fmt.Sprintf(`
[plain]
server = %q
password = "open sesame"
channels = ["#ops", "#locked key", "#closed"]
`, plain), fmt.Sprintf(`
[secure]
use_tls = true
server = %q
password = "open sesame"
channels = ["#ops"]
`, strings.Replace(secure, "127.0.0.1", "localhost", 1)), fmt.Sprintf("[secure.tls]\nroot_cafile = %q\n", cert)))
	var joined []string
	for range 3 {
		joined = append(joined, whoSays(ear.until(t, " JOIN "), "JOIN"))
	}
	slices.Sort(joined)
	// Who comes second to the server finds the nick in use.
	if !slices.Contains([]string{"heka #locked, heka #ops, heka_ #ops", "heka #ops, heka_ #locked, heka_ #ops"}, strings.Join(joined, ", ")) {
		t.Errorf("joined: %q", joined)
	}
	c := dial(t, in)
	fmt.Fprint(c, "disk is full: Grüße\nQUIT :second line\n")
	c.Close()
	var got, want []string
	for _, who := range joined {
		want = append(want, who+" :disk is full: Grüße", who+" :QUIT :second line")
	}
	for left := 0; left < 2; {
		line := ear.until(t, "!")
		switch {
		case strings.Contains(line, " PRIVMSG "):
			got = append(got, whoSays(line, "PRIVMSG"))
			if len(got) == 1 {
				h.signal(syscall.SIGTERM) // the rest comes without pauses
			}
		case strings.Contains(line, " QUIT "):
			left++
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("heard %q, want %q", got, want)
	}
	if text := h.wait(0); !strings.Contains(text, "An error occurred joining channel: #closed. Reason: Cannot join channel (+i)") {
		t.Errorf("log: %s", text)
	}
}

// TestNgircdTurnsAway holds what heka says of a server that does not want it.
func TestNgircdTurnsAway(t *testing.T) {
	dir := t.TempDir()
	cert, key := certificate(t, dir)
	plain, secure := ngircd(t, dir, cert, key)
	h := start(t, ircConfig(t, dir, freeAddress(t), fmt.Sprintf(`
[guessing]
server = %q
password = "guessed"
channels = ["#ops"]
`, plain), fmt.Sprintf(`
[untrusting]
server = %q
use_tls = true
password = "open sesame"
channels = ["#ops"]
`, secure)))
	for _, what := range []string{"Bad password", "'guessing' error: Disconnected from Irc", "certificate"} {
		until(t, what, func() bool { return strings.Contains(h.output(), what) })
	}
	if strings.Contains(h.output(), "guessed") {
		t.Error("the log tells the password")
	}
}
