package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// refuseSevens is a script for an output that refuses lines with a 7 in their
// number.
const refuseSevens = `
require "string"
function process_message()
	if string.find(read_message("Payload"), "line %d*7") then return -1, "no sevens" end
	return 0
end
function timer_event() end
`

// lettersConfig is an output that refuses, whose dead letters go to a file, and to
// a server that is not there.
func lettersConfig(t *testing.T, dir, input, options string) string {
	script := write(t, filepath.Join(dir, "refuse.lua"), refuseSevens)
	return write(t, filepath.Join(dir, "heka.toml"), fmt.Sprintf(`
[hekad]
base_dir = %q
%s
[index]
type = "SandboxOutput"
message_matcher = "Logger == 'lines'"
filename = %q
dead_letter = true
%s
[dead]
type = "FileOutput"
message_matcher = "Type == 'heka.dead-letter' && Fields[plugin] == 'index'"
path = %q
encoder = "ProtobufEncoder"
flush_interval = 20
`, filepath.Join(dir, "state"), input, script, options, filepath.Join(dir, "dead.hpb")))
}

// runHeka runs a command of heka to its end.
func runHeka(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command(binary, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("heka %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// countOf is how many messages a command of heka counts in a file or directory,
// as it says it; "" while it is not there.
func countOf(path string, command ...string) string {
	out, err := exec.Command(binary, append(command, "--format", "count", path)...).CombinedOutput()
	_, count, found := strings.Cut(string(out), "matched: ")
	if err != nil || !found {
		return ""
	}
	return "matched: " + strings.TrimSuffix(count, "messages\n")
}

// sevens are the lines up to n that are refused.
func sevens(n int) string {
	var b strings.Builder
	for i := range n {
		if strings.Contains(fmt.Sprint(i), "7") {
			fmt.Fprintf(&b, "line %d of a stream that must arrive as it was sent\n", i)
		}
	}
	return b.String()
}

// TestRefusedMessagesAreSentAgain refuses messages, looks at the dead letters, and
// sends what they carry to another heka: from a file and out of the queue of a
// running one.
func TestRefusedMessagesAreSentAgain(t *testing.T) {
	const n = 200
	dir := t.TempDir()
	in, down, to, out := freeAddress(t), freeAddress(t), freeAddress(t), filepath.Join(dir, "out")
	h := start(t, lettersConfig(t, dir, fmt.Sprintf(`
[lines]
type = "TcpInput"
address = %q
splitter = "TokenSplitter"
decoder = ""
[waiting]
type = "TcpOutput"
message_matcher = "Type == 'heka.dead-letter'"
address = %q
`, in, down), "use_buffering = true"))
	sendNumbered(t, in, 0, n)
	file, queue := filepath.Join(dir, "dead.hpb"), filepath.Join(dir, "state", "output_queue", "waiting")
	until(t, "all letters", func() bool {
		count := fmt.Sprintf("matched: %d ", strings.Count(sevens(n), "\n"))
		return countOf(file, "cat") == count && countOf(queue, "buffer", "cat") == count
	})
	if text := runHeka(t, "buffer", "cat", "--limit", "1", "--match", "Fields[reason] == 'script'", "--format", "json", queue); !strings.Contains(text, "no sevens") {
		t.Errorf("a letter does not say why: %s", text)
	}

	receiver := start(t, write(t, filepath.Join(dir, "receiver.toml"), receiverConfig(filepath.Join(dir, "r"), to, out, "")))
	dial(t, to).Close()
	runHeka(t, "buffer", "replay", "--unwrap", "--match", "Fields[plugin] == 'index'", "--to", to, queue)
	until(t, "the refused messages", func() bool { return lineCount(out) >= strings.Count(sevens(n), "\n") })
	h.signal(syscall.SIGINT)
	h.wait(0)
	runHeka(t, "cat", "--unwrap", "--to", to, file)
	until(t, "the refused messages again", func() bool { return lineCount(out) >= 2*strings.Count(sevens(n), "\n") })
	receiver.signal(syscall.SIGINT)
	receiver.wait(0)
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if want := sevens(n) + sevens(n); string(got) != want {
		t.Errorf("got %d lines, want %d in order:\n%s", lineCount(out), strings.Count(want, "\n"), got)
	}
}

// TestNothingThatIsRefusedIsLost kills heka again and again while messages are
// refused.
func TestNothingThatIsRefusedIsLost(t *testing.T) {
	for name, options := range map[string]string{"memory": "", "disk": "use_buffering = true"} {
		t.Run(name, func(t *testing.T) {
			const n, kills = 40_000, 8
			dir := t.TempDir()
			var lines strings.Builder
			for i := range n {
				fmt.Fprintf(&lines, "line %d of a stream that must arrive as it was sent\n", i)
			}
			log := write(t, filepath.Join(dir, "log", "lines.log"), lines.String())
			config := lettersConfig(t, dir, fmt.Sprintf(`
[lines]
type = "LogstreamerInput"
log_directory = %q
file_match = 'lines\.log'
splitter = "TokenSplitter"
`, filepath.Dir(log)), options)
			dead := filepath.Join(dir, "dead.hpb")
			r := rand.New(rand.NewPCG(3, 5))
			for range kills {
				h := start(t, config)
				until(t, "heka to start", func() bool { return strings.Contains(h.output(), "Starting hekad") })
				time.Sleep(time.Duration(r.IntN(150)) * time.Millisecond) // the random moment
				h.signal(syscall.SIGKILL)
				h.cmd.Wait()
			}
			balanced(t, start(t, config, "--once").wait(0))
			text := runHeka(t, "cat", "--unwrap", "--format", "payload", dead)
			if strings.Contains(text, "Corruption") {
				t.Errorf("the file of letters is damaged:\n%.500s", text)
			}
			seen := map[string]int{}
			for line := range strings.Lines(text) {
				seen[line]++
			}
			lost, repeated, refused := 0, 0, 0
			for line := range strings.Lines(sevens(n)) {
				refused++
				if seen[line] == 0 {
					lost++
				}
				repeated += max(seen[line]-1, 0)
			}
			t.Logf("%d refused, %d kills: %d lost, %d repeated", refused, kills, lost, repeated)
			if lost > 0 {
				t.Errorf("%d refused messages are lost", lost)
			}
		})
	}
}
