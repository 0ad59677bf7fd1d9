//go:build services

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The commands that heka-admin(7) shows get what it says, by curl.
func TestCurlAsksTheAdminAPI(t *testing.T) {
	manual, err := os.ReadFile("../../man/heka-admin.7")
	if err != nil {
		t.Fatal(err)
	}
	var commands []string
	for line := range strings.Lines(strings.NewReplacer(`\-`, "-", `\(dq`, `"`, `\(aq`, "'").Replace(string(manual))) {
		if strings.HasPrefix(line, "curl ") {
			commands = append(commands, strings.TrimSpace(line))
		}
	}
	for _, c := range []struct{ name, admin, theirs, ours, want string }{
		{"socket", "", "/var/cache/hekad/admin.sock", "STATE/admin.sock", `"plugins":[`},
		{"TLS", "admin = %q\nadmin_token = \"a long secret\"\nadmin_cert_file = %q\nadmin_key_file = %q",
			"heka.example.net:4353", "ADDRESS", "# TYPE heka_"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			state := filepath.Join(dir, "state")
			addr := strings.Replace(freeAddress(t), "127.0.0.1", "localhost", 1)
			cert, key := certificate(t, dir)
			options := c.admin
			if options != "" {
				options = fmt.Sprintf(options, addr, cert, key)
			}
			h := start(t, write(t, filepath.Join(dir, "heka.toml"), fmt.Sprintf("[hekad]\nbase_dir = %q\n%s\n[LogOutput]\nmessage_matcher = \"TRUE\"\nencoder = \"text\"\n[text]\ntype = \"PayloadEncoder\"\n", state, options)))
			if options != "" {
				dial(t, strings.Replace(addr, "localhost", "127.0.0.1", 1)).Close()
			} else {
				until(t, "the socket file", func() bool { _, err := os.Stat(filepath.Join(state, "admin.sock")); return err == nil })
			}
			ran := false
			for _, command := range commands {
				if !strings.Contains(command, c.theirs) {
					continue
				}
				ran = true
				ours := strings.NewReplacer("STATE", state, "ADDRESS", addr).Replace(c.ours)
				cmd := tool(t, "sh", "-c", strings.Replace(command, c.theirs, ours, 1)+" --fail --silent --show-error")
				cmd.Env = append(os.Environ(), "TOKEN=a long secret", "CURL_CA_BUNDLE="+cert)
				out, err := cmd.CombinedOutput()
				if err != nil || !strings.Contains(string(out), c.want) {
					t.Errorf("%s: %v\n%.500s", command, err, out)
				}
			}
			if !ran {
				t.Errorf("the manual has no command for %s", c.theirs)
			}
			h.signal(syscall.SIGTERM)
			h.wait(0)
		})
	}
}
