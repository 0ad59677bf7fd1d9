package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func accessConfig(dir string) string {
	return fmt.Sprintf(`
[hekad]
base_dir = %[1]q
[access]
type = "LogstreamerInput"
log_directory = %[2]q
file_match = 'access\.log(\.(?P<Seq>\d+))?'
priority = ["^Seq"]
decoder = "nginx"
[nginx]
type = "AccessLogDecoder"
log_format = "combined"
[json]
type = "ESJsonEncoder"
[out]
type = "FileOutput"
message_matcher = "TRUE"
path = %[3]q
encoder = "json"
flush_interval = 50
`, filepath.Join(dir, "state"), filepath.Join(dir, "log"), filepath.Join(dir, "out.json"))
}

// accessLine is line number n of the log; the number is in the path.
func accessLine(n int) string {
	return fmt.Sprintf("192.0.2.%d - - [10/Feb/2026:08:46:41 +0000] \"GET /line/%d HTTP/1.1\" 200 %d \"-\" \"curl/7.68.0\"\n", n%250, n, n)
}

// TestStoppedAndRestartedEveryLineArrives interrupts heka at random moments
// while a log grows and rotates, and starts it again. Every line must arrive;
// how many arrive twice is reported.
func TestStoppedAndRestartedEveryLineArrives(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
		t.Run(sig.String(), func(t *testing.T) {
			dir := t.TempDir()
			config := write(t, filepath.Join(dir, "heka.toml"), accessConfig(dir))
			log := filepath.Join(dir, "log", "access.log")
			write(t, log, "")
			const lines, stops = 60_000, 8
			done := make(chan error, 1)
			go func() { done <- writeRotating(log, lines) }()
			r := rand.New(rand.NewPCG(7, 7))
			for range stops {
				h := start(t, config)
				until(t, "heka to start", func() bool { return strings.Contains(h.output(), "Starting hekad") })
				time.Sleep(time.Duration(r.IntN(170)) * time.Millisecond) // the random moment
				h.signal(sig)
				if sig == syscall.SIGINT {
					h.wait(0)
				} else {
					h.cmd.Wait()
				}
			}
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			balanced(t, start(t, config, "--once").wait(0))
			seen := numbers(t, filepath.Join(dir, "out.json"), `/line/(\d+) HTTP`)
			repeated := 0
			for n := range lines {
				switch seen[n] {
				case 0:
					t.Fatalf("line %d is lost", n)
				case 1:
				default:
					repeated += seen[n] - 1
				}
			}
			t.Logf("%d lines, %d stops by %v: 0 lost, %d repeated", lines, stops, sig, repeated)
			if sig == syscall.SIGINT && repeated > 0 {
				t.Errorf("%d lines were repeated although every stop was orderly", repeated)
			}
		})
	}
}

// writeRotating writes numbered lines over about a second and a half and renames
// the log away now and then.
func writeRotating(path string, lines int) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	for n := range lines {
		if _, err := f.WriteString(accessLine(n)); err != nil {
			return err
		}
		if n%400 == 399 {
			time.Sleep(10 * time.Millisecond) // the pace of the writer
		}
		if n%15_000 == 14_999 {
			if err := f.Close(); err != nil {
				return err
			}
			for i := 8; i > 0; i-- {
				old := fmt.Sprintf("%s.%d", path, i)
				if _, err := os.Stat(old); err == nil {
					if err := os.Rename(old, fmt.Sprintf("%s.%d", path, i+1)); err != nil {
						return err
					}
				}
			}
			if err := os.Rename(path, path+".1"); err != nil {
				return err
			}
			if f, err = os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644); err != nil {
				return err
			}
		}
	}
	return f.Close()
}
