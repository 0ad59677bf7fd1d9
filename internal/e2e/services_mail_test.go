//go:build services

package e2e

import (
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// exim runs a mail server as an ordinary user, with and without TLS from the
// beginning. It takes mails of the user me, encrypted, for everybody but nobody, and
// puts them into folders (maildirs) that are named for the recipients.
func exim(t *testing.T, dir, cert, key string) (starttls, implicit, boxes string) {
	t.Helper()
	starttls, implicit = freeAddress(t), freeAddress(t)
	dir, boxes = filepath.Join(dir, "exim"), filepath.Join(dir, "exim/boxes")
	users := write(t, filepath.Join(dir, "users"), "")
	uid, gid := os.Getuid(), os.Getgid()
	cmd := unpacked(t, "exim4", "-C", filepath.Join(dir, "conf"), "-bdf", "-q1s")
	if uid == 0 { // as whom it refuses to run
		uid, gid = 65534, 65534
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		for d := filepath.Dir(dir); strings.HasPrefix(d, os.TempDir()+"/"); d = filepath.Dir(d) {
			os.Chmod(d, 0o755)
		}
		for _, path := range []string{dir, key} {
			if err := os.Chown(path, uid, gid); err != nil {
				t.Fatal(err)
			}
		}
	}
	// It wants to find its own user in the system.
	write(t, users, fmt.Sprintf("Debian-exim:x:%d:%d::/:/bin/false\n", uid, gid))
	groups := write(t, filepath.Join(dir, "groups"), fmt.Sprintf("Debian-exim:x:%d:\n", gid))
	cmd.Env = append(os.Environ(), "LD_PRELOAD="+unpackedPath(t, "usr/lib/*/libnss_wrapper.so"), "NSS_WRAPPER_PASSWD="+users, "NSS_WRAPPER_GROUP="+groups)
	write(t, filepath.Join(dir, "conf"), fmt.Sprintf(`
primary_hostname = localhost
keep_environment = LD_PRELOAD : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
spool_directory = %[1]s/spool
log_file_path = %[1]s/log-%%s
pid_file_path = %[1]s/pid
exim_path = %[2]s
local_interfaces = 127.0.0.1
daemon_smtp_ports = %[3]s : %[4]s
tls_on_connect_ports = %[4]s
tls_advertise_hosts = *
tls_certificate = %[5]s
tls_privatekey = %[6]s
auth_advertise_hosts = *
host_lookup =
rfc1413_hosts =
rfc1413_query_timeout = 0s
acl_smtp_rcpt = rcpt
acl_smtp_data = accept
deliver_drop_privilege = true
begin acl
rcpt:
  deny !authenticated = *
       message = who are you
  deny !encrypted = *
       message = not in the open
  deny local_parts = nobody
       message = no such user
  accept
begin routers
all:
  driver = accept
  local_parts = starttls-plain : starttls-cram : implicit-plain : implicit-cram : guessing
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = %[1]s/boxes/$local_part_data
  create_directory
  maildir_format
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${if and{{eq{$auth2}{me}}{eq{$auth3}{secret}}}}
  server_set_id = $auth2
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${if eq{$auth1}{me}{secret}fail}
  server_set_id = $auth1
`, dir, cmd.Path, portOf(starttls), portOf(implicit), cert, key))
	daemon(t, cmd)
	dial(t, starttls).Close()
	dial(t, implicit).Close()
	return starttls, implicit, boxes
}

// TestEximDeliversTheMails sends mails through a real mail server, which encrypts and
// authenticates in all ways, and reads them in the recipients' mailboxes.
func TestEximDeliversTheMails(t *testing.T) {
	dir := t.TempDir()
	in, _ := freeUDP(t)
	cert, key := certificate(t, dir)
	starttls, implicit, boxes := exim(t, dir, cert, key)
	output := func(name, server, more string) string {
		return fmt.Sprintf(`
[%s]
type = "SmtpOutput"
message_matcher = "TRUE"
encoder = "text"
host = %q
send_from = "Hekä <heka@example.com>"
send_to = ["%[1]s@example.com", "nobody@example.com"]
subject = "Grüße: %%{Type}"
user = "me"
require_tls = true
%[3]s[%[1]s.tls]
root_cafile = %[4]q
`, name, strings.Replace(server, "127.0.0.1", "localhost", 1), more, cert)
	}
	const plain, cram, guess = "auth = \"Plain\"\npassword = \"secret\"\n", "auth = \"CRAMMD5\"\npassword = \"secret\"\n", "auth = \"Plain\"\npassword = \"guessed\"\n"
	const tls = "use_tls = true\n"
	h := start(t, write(t, filepath.Join(dir, "heka.toml"), fmt.Sprintf(`
[hekad]
base_dir = %q
[in]
type = "UdpInput"
address = %q
[text]
type = "PayloadEncoder"
append_newlines = false
`, filepath.Join(dir, "state"), in)+
		output("starttls-plain", starttls, plain)+output("starttls-cram", starttls, cram)+
		output("implicit-plain", implicit, tls+plain)+output("implicit-cram", implicit, tls+cram)+
		output("guessing", starttls, guess)))
	text := "first line\n.\n..\nFrom here on: Ελληνικά\n" + strings.Repeat("x", 2000)
	until(t, "heka to run", func() bool { return strings.Contains(h.output(), "Input started: in") })
	sendUDP(t, in, text)
	for _, name := range []string{"starttls-plain", "starttls-cram", "implicit-plain", "implicit-cram"} {
		var files []string
		until(t, "a mail by "+name, func() bool {
			files, _ = filepath.Glob(filepath.Join(boxes, name, "new/*"))
			return len(files) > 0
		})
		m, err := mail.ReadMessage(strings.NewReader(contents(files[0])))
		if err != nil || len(files) != 1 {
			t.Fatalf("%s: %d mails, %v", name, len(files), err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || subject != "Grüße: in" {
			t.Errorf("%s: subject %q, %v", name, subject, err)
		}
		from, err := m.Header.AddressList("From")
		if err != nil || from[0].String() != (&mail.Address{Name: "Hekä", Address: "heka@example.com"}).String() {
			t.Errorf("%s: from %v, %v", name, from, err)
		}
		body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
		if err != nil || strings.ReplaceAll(string(body), "\r\n", "\n") != text {
			t.Errorf("%s: body %q, %v", name, body, err)
		}
		// Encrypted and authenticated, says the server.
		if r := m.Header.Get("Received"); !strings.Contains(r, "esmtpsa") || !strings.Contains(r, "TLS1.3") || !strings.Contains(r, "(envelope-from <heka@example.com>)") {
			t.Errorf("%s: received %q", name, r)
		}
	}
	for _, what := range []string{"refused the recipient nobody@example.com: 550 \"no such user\"", "535 \"Incorrect authentication data\""} {
		until(t, what, func() bool { return strings.Contains(h.output(), what) })
	}
	found, _ := os.ReadDir(boxes)
	var names []string
	for _, f := range found {
		names = append(names, f.Name())
	}
	if !slices.Equal(names, []string{"implicit-cram", "implicit-plain", "starttls-cram", "starttls-plain"}) {
		t.Errorf("mailboxes: %q", names)
	}
	if strings.Contains(h.output(), "guessed") {
		t.Error("the log tells the password")
	}
}
