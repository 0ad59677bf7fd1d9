package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// TestOnTerminal runs the scripts that need a terminal. They have:
//
//	terminal COLUMNS [TEXT=>KEY]... COMMAND...
//	    run a command, with standard output and error on a terminal of that width;
//	    what it writes goes to the file screen. With TEXT=>KEY it has the terminal
//	    as its standard input too, and the key is struck once TEXT has appeared
//	    after the key before it
func TestOnTerminal(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script", "terminal"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"terminal": onTerminal},
	})
}

func onTerminal(ts *testscript.TestScript, neg bool, args []string) {
	var strokes [][2]string
	for len(args) > 1 && strings.Contains(args[1], "=>") {
		text, key, _ := strings.Cut(args[1], "=>")
		strokes = append(strokes, [2]string{text, key})
		args = slices.Delete(args, 1, 2)
	}
	if len(args) < 2 {
		ts.Fatalf("usage: terminal COLUMNS [TEXT=>KEY]... COMMAND...")
	}
	var columns uint16
	_, err := fmt.Sscan(args[0], &columns)
	ts.Check(err)
	ours, theirs, err := openTerminal(columns)
	ts.Check(err)
	cmd := exec.Command(args[1], args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Stdout, cmd.Stderr = theirs, theirs
	cmd.Env = append(os.Environ(), "TERM=xterm", "COLUMNS=", "NO_COLOR="+ts.Getenv("NO_COLOR"))
	if len(strokes) > 0 {
		cmd.Stdin = theirs
	}
	screen := make(chan []byte)
	go func() { screen <- watch(ours, strokes) }()
	err = cmd.Run()
	ts.Check(theirs.Close())
	text := bytes.ReplaceAll(<-screen, []byte("\r\n"), []byte("\n"))
	ts.Check(ours.Close())
	ts.Check(os.WriteFile(ts.MkAbs("screen"), text, 0o644))
	if (err != nil) != neg {
		ts.Fatalf("%v\n%s", err, text)
	}
}

// watch reads what appears on a terminal until it is closed, and types.
func watch(terminal *os.File, strokes [][2]string) []byte {
	var all []byte
	seen := 0
	part := make([]byte, 4096)
	for {
		n, err := terminal.Read(part)
		all = append(all, part[:n]...)
		for len(strokes) > 0 {
			at := bytes.Index(all[seen:], []byte(strokes[0][0]))
			if at < 0 {
				break
			}
			seen += at + len(strokes[0][0])
			_, _ = io.WriteString(terminal, strokes[0][1]) // the command may have ended
			strokes = strokes[1:]
		}
		if err != nil {
			return all // EIO, when the other side is closed
		}
	}
}

// openTerminal makes a pseudo-terminal.
func openTerminal(columns uint16) (ours, theirs *os.File, err error) {
	ours, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	fd := int(ours.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		return nil, nil, err
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		return nil, nil, err
	}
	theirs, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	return ours, theirs, unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 50, Col: columns})
}
