package framing_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/framing"
)

// nextCase is one case of testdata/next.txt.
type nextCase struct {
	name string
	max  int
	eof  bool
	data []byte
	want []nextAnswer
}

type nextAnswer struct {
	advance int
	frame   []byte
	problem string
}

func TestNextFindsFrames(t *testing.T) {
	for _, c := range readNextCases(t) {
		t.Run(c.name, func(t *testing.T) {
			rest := c.data
			for i, want := range c.want {
				advance, frame, problem := framing.Next(rest, c.max, c.eof)
				text := ""
				if problem != nil {
					text = problem.Error()
				}
				if advance != want.advance || !bytes.Equal(frame, want.frame) || (frame == nil) != (want.frame == nil) || text != want.problem {
					t.Fatalf("answer %d: got %d, % x, %q; want %d, % x, %q",
						i, advance, []byte(frame), text, want.advance, want.frame, want.problem)
				}
				rest = rest[advance:]
			}
		})
	}
}

func readNextCases(t testing.TB) []nextCase {
	t.Helper()
	f, err := os.Open("testdata/next.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []nextCase
	lets := map[string][]byte{}
	parse := func(words []string) []byte {
		out := []byte{}
		for _, w := range words {
			n := 1
			if count, rest, ok := strings.Cut(w, "*"); ok {
				n, _ = strconv.Atoi(count)
				w = rest
			}
			b, ok := lets[w]
			if strings.HasPrefix(w, `"`) {
				b, ok = []byte(strings.ReplaceAll(strings.Trim(w, `"`), "_", " ")), true
			}
			if !ok {
				var err error
				if b, err = hex.DecodeString(w); err != nil {
					t.Fatalf("word %q: %v", w, err)
				}
			}
			out = append(out, bytes.Repeat(b, n)...)
		}
		return out
	}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "data ") { // quoted text may hold blanks
			parts := strings.Split(line, `"`)
			for i := 1; i < len(parts); i += 2 {
				parts[i] = strings.ReplaceAll(parts[i], " ", "_")
			}
			line = strings.Join(parts, `"`)
		}
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		var c *nextCase
		if len(cases) > 0 {
			c = &cases[len(cases)-1]
		}
		switch words[0] {
		case "let":
			lets[words[1]] = parse(words[3:])
		case "case":
			cases = append(cases, nextCase{name: strings.Join(words[1:], " "), max: framing.DefaultMaxBody})
		case "max":
			c.max, _ = strconv.Atoi(words[1])
		case "eof":
			c.eof = true
		case "data":
			c.data = parse(words[1:])
		case "next":
			var a nextAnswer
			line, a.problem, _ = strings.Cut(line, " ! ")
			words = strings.Fields(line)
			a.advance, _ = strconv.Atoi(words[1])
			if words[2] != "-" {
				a.frame = parse(words[2:])
			}
			c.want = append(c.want, a)
		default:
			t.Fatalf("line %q", line)
		}
	}
	if err := lines.Err(); err != nil || len(cases) == 0 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	return cases
}

func TestNextCountsProblemsAndTellsTheFirst(t *testing.T) {
	data := []byte("xx\x1e\x02\x0a\x00\x1f\x1e\x00\x1f")
	advance, frame, problem := framing.Next(data, 100, false)
	if advance != len(data) || frame != nil || problem == nil {
		t.Fatalf("got %d, %v, %v", advance, frame, problem)
	}
	if problem.Count != 2 || problem.Offset != 2 || problem.Reason != framing.ErrWireType {
		t.Fatalf("got %+v", *problem)
	}
}

// A quadratic scan of these would take hours.
func TestNextIsLinearOnHostileStreams(t *testing.T) {
	const size = 1 << 20
	streams := map[string][]byte{
		"separators":             bytes.Repeat([]byte{0x1E}, size),
		"longest headers":        bytes.Repeat([]byte{0x1E, 0xFF}, size/2),
		"empty headers":          bytes.Repeat([]byte{0x1E, 0x00, 0x1F}, size/3),
		"bodies that never end":  bytes.Repeat([]byte{0x1E, 0x04, 0x08, 0x80, 0x80, 0x04, 0x1F}, size/7),
		"headers slow to refuse": bytes.Repeat(append([]byte{0x1E, 0xFF, 0x1F}, bytes.Repeat([]byte{0x10, 0x1E}, 127)...), size/257),
	}
	for name, data := range streams {
		for _, eof := range []bool{false, true} {
			start := time.Now()
			rest, frames := data, 0
			for {
				advance, frame, _ := framing.Next(rest, framing.DefaultMaxBody, eof)
				rest = rest[advance:]
				if frame == nil {
					break
				}
				frames++
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("%s, eof %v: %v for 1 MiB (%d frames)", name, eof, took, frames)
			}
		}
	}
}

func TestNextAllocatesNothingOnGoodStreams(t *testing.T) {
	data := stream(t, 400, 100)
	allocs := testing.AllocsPerRun(10, func() {
		for rest := data; len(rest) > 0; {
			advance, frame, _ := framing.Next(rest, framing.DefaultMaxBody, false)
			if frame == nil {
				t.Fatal("no frame")
			}
			rest = rest[advance:]
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

// stream returns n frames with bodies of size bytes.
func stream(t testing.TB, size, n int) []byte {
	t.Helper()
	var out []byte
	var err error
	body := bytes.Repeat([]byte("x"), size)
	for range n {
		if out, err = framing.Append(out, body, size); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
