package cli_test

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hekad/heka/internal/cli"
	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins"
)

var update = flag.Bool("update", false, "write what the scripts compare with anew")

// TestMain makes this test binary the program heka, under all its names, for the
// scripts.
func TestMain(m *testing.M) {
	if err := os.Setenv("GORACE", os.Getenv("GORACE")+" "+leaveAtOnce); err != nil {
		panic(err)
	}
	heka := func() { os.Exit(cli.Run(os.Args, plugins.All())) }
	programs := map[string]func(){"heka": heka}
	for _, old := range cli.OldNames() {
		programs[old.Program] = heka
	}
	testscript.Main(m, programs)
}

// leaveAtOnce is a setting of the race detector, whose programs otherwise sleep
// for a second before they end.
const leaveAtOnce = "atexit_sleep_ms=0"

// TestScripts runs the scripts of testdata/script. Beside the usual commands
// they have:
//
//	code N COMMAND...               run a command, which must end with exit code N
//	receive NETWORK VARIABLE FILE   keep what is sent; see receive
//
// $CERTIFICATES is a directory with self-signed certificates for localhost and
// their keys: server.crt, server.key, client.crt and client.key.
func TestScripts(t *testing.T) {
	certificates := t.TempDir()
	netconftest.Certificate(t, certificates, "server", 1)
	netconftest.Certificate(t, certificates, "client", 2)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		UpdateScripts:       *update,
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("TZ", "UTC")
			e.Setenv("CERTIFICATES", certificates)
			e.Setenv("GORACE", os.Getenv("GORACE"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": code, "receive": receive},
	})
}

// code is the script command that checks an exit code.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	have := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var e *exec.ExitError
		if !errors.As(err, &e) {
			ts.Fatalf("%v", err)
		}
		have = e.ExitCode()
	}
	if have != want {
		ts.Fatalf("exit code %d, want %d", have, want)
	}
}
