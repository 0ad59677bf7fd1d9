//go:build services

package e2e

import (
	"fmt"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nsca runs the daemon that takes check results for Nagios, and returns its address
// and the file to which it writes commands for Nagios.
func nsca(t *testing.T, dir, password string) (address, commands string) {
	t.Helper()
	address = freeAddress(t)
	commands = write(t, filepath.Join(dir, "commands"), "")
	conf := write(t, filepath.Join(dir, "nsca.cfg"), fmt.Sprintf(`
pid_file=%[1]s/nsca.pid
server_address=127.0.0.1
server_port=%[2]s
command_file=%[3]s
alternate_dump_file=%[1]s/dump
append_to_file=1
password=%[4]s
decryption_method=16
`, dir, portOf(address), commands, password))
	daemon(t, unpacked(t, "nsca", "-f", "-c", conf, "--single"))
	dial(t, address).Close()
	return address, commands
}

// nagiosConfig is heka that takes all that comes for the result of a check of the
// service load at web1.
func nagiosConfig(t *testing.T, dir, in, output string) string {
	t.Helper()
	return write(t, filepath.Join(dir, "heka.toml"), fmt.Sprintf(`
[hekad]
base_dir = %q
[in]
type = "TcpInput"
address = %q
splitter = "NullSplitter"
decoder = ""
[NagiosOutput]
message_matcher = "TRUE"
nagios_host = "web1"
nagios_service_description = "load"
%s`, filepath.Join(dir, "state"), in, output))
}

// results are what checks say, and what Nagios is to understand.
var results = []struct{ says, state, text string }{
	{"OK:all is well: really", "0", "all is well: really"},
	{"CRITICAL:Grüße\nfrom two lines\n", "2", `Grüße\nfrom two lines`},
	{"no state", "3", "no state"},
}

// sendResults sends them to heka, and waits for each to arrive, so that their order
// is known.
func sendResults(t *testing.T, in string, arrived func(state, text string) bool) {
	t.Helper()
	for _, r := range results {
		c := dial(t, in)
		fmt.Fprint(c, r.says)
		c.Close()
		until(t, "the result "+r.text, func() bool { return arrived(r.state, r.text) })
	}
}

// TestNscaGetsTheResults hands check results to Nagios' own programs: send_nsca
// encrypts them, the daemon behind it writes them as commands.
func TestNscaGetsTheResults(t *testing.T) {
	dir, in := t.TempDir(), freeAddress(t)
	address, commands := nsca(t, dir, "secret")
	client := write(t, filepath.Join(dir, "send_nsca.cfg"), "password=secret\nencryption_method=16\n")
	h := start(t, nagiosConfig(t, dir, in, fmt.Sprintf("send_nsca_bin = %q\nsend_nsca_args = [\"-H\", \"127.0.0.1\", \"-p\", %q, \"-c\", %q]\n",
		unpackedPath(t, "usr/sbin/send_nsca"), portOf(address), client)))
	sendResults(t, in, func(state, text string) bool {
		text = strings.ReplaceAll(text, `\`, `\\`) // as send_nsca sends it since 2.9
		return strings.HasSuffix(contents(commands), "] PROCESS_SERVICE_CHECK_RESULT;web1;load;"+state+";"+text+"\n")
	})
	if n := lineCount(commands); n != len(results) {
		t.Errorf("%d commands:\n%s", n, contents(commands))
	}
	h.signal(syscall.SIGTERM)
	h.wait(0)
}

// nagios runs Nagios, which knows the service load at web1, and its cmd.cgi for the
// user me. It returns the address of cmd.cgi and the log of Nagios.
func nagios(t *testing.T, dir string) (address, log string) {
	t.Helper()
	objects := write(t, filepath.Join(dir, "objects.cfg"), `
define command {
  command_name c
  command_line /bin/true
}
define timeperiod {
  timeperiod_name always
  alias always
}
define contact {
  contact_name me
  host_notification_period always
  service_notification_period always
  host_notification_commands c
  service_notification_commands c
}
define host {
  host_name web1
  address 127.0.0.1
  max_check_attempts 1
  contacts me
  notification_period always
}
define service {
  host_name web1
  service_description load
  check_command c
  check_period always
  notification_period always
  max_check_attempts 1
  active_checks_enabled 0
  contacts me
}
`)
	log = filepath.Join(dir, "nagios.log")
	main := write(t, filepath.Join(dir, "nagios.cfg"), fmt.Sprintf(`
cfg_file=%[2]s
log_file=%[3]s
object_cache_file=%[1]s/objects
precached_object_file=%[1]s/precached
status_file=%[1]s/status
command_file=%[1]s/command
log_archive_path=%[1]s
check_result_path=%[1]s
temp_path=%[1]s
temp_file=%[1]s/tmp
lock_file=%[1]s/lock
query_socket=%[1]s/qh
state_retention_file=%[1]s/retention
use_syslog=0
check_external_commands=1
log_passive_checks=1
nagios_user=%[4]d
nagios_group=%[5]d
`, dir, objects, log, os.Getuid(), os.Getgid()))
	settings := write(t, filepath.Join(dir, "cgi.cfg"), fmt.Sprintf(`
main_config_file=%s
physical_html_path=%s
url_html_path=/nagios
use_authentication=1
authorized_for_all_service_commands=me
`, main, dir))
	daemon(t, unpacked(t, "nagios4", main))
	until(t, "Nagios", func() bool { return strings.Contains(contents(log), "Successfully launched command file worker") })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name, password, _ := r.BasicAuth(); name != "me" || password != "secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		script := cgi.Handler{Path: unpackedPath(t, "usr/lib/cgi-bin/nagios4/cmd.cgi"), Env: []string{"NAGIOS_CGI_CONFIG=" + settings, "REMOTE_USER=me"}}
		script.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/cmd.cgi", log
}

// TestNagiosGetsTheResults posts check results to cmd.cgi and reads in Nagios' log what
// it made of them.
func TestNagiosGetsTheResults(t *testing.T) {
	dir, in := t.TempDir(), freeAddress(t)
	address, log := nagios(t, dir)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(contents(log))
		}
	})
	h := start(t, nagiosConfig(t, dir, in, fmt.Sprintf("url = %q\nusername = \"me\"\npassword = \"secret\"\n", address)))
	sendResults(t, in, func(state, text string) bool {
		return strings.Contains(contents(log), "] EXTERNAL COMMAND: PROCESS_SERVICE_CHECK_RESULT;web1;load;"+state+";"+text+"|\n")
	})
	for _, want := range []string{"CRITICAL;HARD;1;Grüße\n", "UNKNOWN;HARD;1;no state\n"} {
		until(t, want, func() bool { return strings.Contains(contents(log), "] SERVICE ALERT: web1;load;"+want) })
	}
	h.signal(syscall.SIGTERM)
	if text := h.wait(0); strings.Contains(text, "error") {
		t.Errorf("complaints:\n%s", text)
	}
}
