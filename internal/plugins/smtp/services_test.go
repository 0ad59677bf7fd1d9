//go:build services

package smtp

import (
	"bufio"
	"encoding/json"
	"mime"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins/feedtest"
)

// script is a mail server that prints what it got: a line with its port, then a
// line for each mail.
const script = `
const { SMTPServer } = require('smtp-server')
const fs = require('fs')
const server = new SMTPServer({
  secure: process.argv[4] === 'implicit', key: fs.readFileSync(process.argv[2]), cert: fs.readFileSync(process.argv[3]),
  authMethods: ['PLAIN', 'CRAM-MD5'],
  onAuth (auth, session, done) {
    const good = auth.username === 'me' && (auth.method === 'PLAIN' ? auth.password === 'secret' : auth.validatePassword('secret'))
    done(good ? null : new Error('no'), good ? { user: 'me' } : undefined)
  },
  onRcptTo (to, session, done) { done(to.address.startsWith('nobody') ? Object.assign(new Error('unknown'), { responseCode: 550 }) : null) },
  onData (stream, session, done) {
    const parts = []
    stream.on('data', b => parts.push(b)).on('end', () => {
      console.log(JSON.stringify({ to: session.envelope.rcptTo.map(r => r.address), from: session.envelope.mailFrom.address,
        raw: Buffer.concat(parts).toString(), user: session.user, secure: session.secure }))
      done()
    })
  }
})
server.listen(0, '127.0.0.1', () => console.log(server.server.address().port))
process.stdin.on('data', () => {}).on('end', () => process.exit(0))
`

// TestAnotherServerTakesTheMails sends to a server that others wrote.
func TestAnotherServerTakesTheMails(t *testing.T) {
	modules, err := filepath.Abs("../../../testdata/services/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "smtp-server")); err != nil {
		t.Fatalf("%v; run testdata/services/install", err)
	}
	dir := t.TempDir()
	cert, key := netconftest.Certificate(t, dir, "mail", 1)
	file := filepath.Join(dir, "server.js")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	subject := strings.Repeat("从前有座山，山里有座庙 with some plain words, ", 3)
	text := strings.Repeat("Grüße\n.\n", 100)
	for _, mode := range []string{"starttls", "implicit"} {
		for _, auth := range []string{"Plain", "CRAMMD5"} {
			t.Run(mode+" "+auth, func(t *testing.T) {
				cmd := exec.Command("node", file, key, cert, mode)
				cmd.Env, cmd.Stderr = append(os.Environ(), "NODE_PATH="+modules), os.Stderr
				end, err := cmd.StdinPipe()
				if err != nil {
					t.Fatal(err)
				}
				out, err := cmd.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := cmd.Start(); err != nil {
					t.Fatalf("%v; run testdata/services/install", err)
				}
				defer func() { end.Close(); cmd.Wait() }()
				lines := bufio.NewScanner(out)
				if !lines.Scan() {
					t.Fatal("the server says no port")
				}
				o, log := newTestOutput(t, "127.0.0.1:"+lines.Text(), func(c *config) {
					c.TLS.RootCAFile, c.RequireTLS, c.UseTLS = cert, true, mode == "implicit"
					c.Auth, c.User, c.Password, c.Subject = auth, "me", "secret", subject
					c.SendTo = []string{"ops@example.com", "nobody@example.com", "more@example.com"}
				})
				var l feedtest.Ledger
				if errs := push(t, o, l.Messages(text)); errs != nil || l.Delivered() != 1 {
					t.Fatalf("errors %q, delivered %d", errs, l.Delivered())
				}
				var got struct {
					To              []string
					From, Raw, User string
					Secure          bool
				}
				if !lines.Scan() || json.Unmarshal(lines.Bytes(), &got) != nil {
					t.Fatalf("the server says %q", lines.Text())
				}
				if strings.Join(got.To, " ") != "ops@example.com more@example.com" || got.From != "heka@localhost.localdomain" ||
					got.User != "me" || !got.Secure {
					t.Errorf("got %+v", got)
				}
				header, body := parse(t, got.Raw)
				if decoded, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject")); err != nil || decoded != subject || body != text+"\n" {
					t.Errorf("subject %q, body %q, %v", decoded, body, err)
				}
				if !strings.Contains(log.String(), "refused the recipient nobody@example.com") {
					t.Errorf("log %s", log)
				}
			})
		}
	}
}
