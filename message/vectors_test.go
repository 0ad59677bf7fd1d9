package message_test

import (
	"encoding/hex"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/hekad/heka/message"
)

// A vector is a block of "key: value" lines in a file of testdata; blocks are
// separated by empty lines, lines that begin with # are comments, and a key may
// stand several times. The first key is "case".
type vector struct {
	file  string
	lines [][2]string
}

func readVectors(t testing.TB, file string) []vector {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	for block := range strings.SplitSeq(string(text), "\n\n") {
		v := vector{file: file}
		for line := range strings.Lines(block) {
			line = strings.TrimRight(line, "\n")
			if line == "" || line[0] == '#' {
				continue
			}
			key, value, ok := strings.Cut(line, ":")
			if !ok {
				t.Fatalf("%s: line %q has no key", file, line)
			}
			v.lines = append(v.lines, [2]string{key, strings.TrimPrefix(value, " ")})
		}
		if len(v.lines) > 0 {
			all = append(all, v)
		}
	}
	return all
}

// name of the case.
func (v vector) name() string { return v.get("case") }

// get is the value of the first line with the key.
func (v vector) get(key string) string {
	for _, l := range v.lines {
		if l[0] == key {
			return l[1]
		}
	}
	return ""
}

// all are the values of all lines with the key.
func (v vector) all(key string) []string {
	var values []string
	for _, l := range v.lines {
		if l[0] == key {
			values = append(values, l[1])
		}
	}
	return values
}

// unquote undoes the quotes of a value written as a Go string.
func unquote(t testing.TB, s string) string {
	t.Helper()
	text, err := strconv.Unquote(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return text
}

// wireVector is a case of testdata/wire.txt.
type wireVector struct {
	name string
	wire []byte
	json string // of the message; "" when Parse must fail
	err  string
}

func readWireVectors(t testing.TB) []wireVector {
	t.Helper()
	var all []wireVector
	for _, v := range readVectors(t, "wire.txt") {
		var b []byte
		for _, line := range v.all("wire") {
			b = append(b, wireBytes(t, line)...)
		}
		all = append(all, wireVector{v.name(), b, v.get("json"), v.get("error")})
	}
	return all
}

// wireBytes reads bytes written as hex digits, quoted texts, and braces, which
// stand for the length of what they hold, a single byte, and that itself.
func wireBytes(t testing.TB, s string) []byte {
	t.Helper()
	var b []byte
	var open []int // places of the lengths of open braces
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		if s[0] == '"' {
			q, err := strconv.QuotedPrefix(s)
			if err != nil {
				t.Fatalf("%s: %v", s, err)
			}
			b = append(b, unquote(t, q)...)
			s = s[len(q):]
			continue
		}
		word := s
		if end := strings.IndexAny(s, " \t\n"); end >= 0 {
			word = s[:end]
		}
		s = s[len(word):]
		switch word {
		case "{":
			b = append(b, 0)
			open = append(open, len(b))
			continue
		case "}":
			start := open[len(open)-1]
			open = open[:len(open)-1]
			b[start-1] = byte(len(b) - start)
			continue
		}
		h, err := hex.DecodeString(word)
		if err != nil {
			t.Fatalf("%s: %v", word, err)
		}
		b = append(b, h...)
	}
	return b
}

// fromJSON makes a message from its JSON form.
func fromJSON(t testing.TB, text string) *message.Message {
	t.Helper()
	m := message.New()
	if err := m.ParseJSON([]byte(text)); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return m
}

func toJSON(m *message.Message) string { return string(message.AppendJSON(nil, m)) }
