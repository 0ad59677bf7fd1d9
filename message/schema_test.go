package message_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/hekad/heka/message/internal/messagepb"
)

// The generated oracle must be made from the message.proto beside it. Both are
// brought into one form, so the test needs no protobuf compiler.
func TestGeneratedTypesAreThoseOfMessageProto(t *testing.T) {
	source, err := os.ReadFile("message.proto")
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`//[^\n]*`).ReplaceAllString(string(source), "")
	want := strings.Fields(text)

	var b strings.Builder
	file := messagepb.File_message_proto
	fmt.Fprintf(&b, "syntax = %q; package %s;", file.Syntax(), file.Package())
	b.WriteString(` option go_package = "github.com/hekad/heka/message/internal/messagepb";`)
	for i := range file.Messages().Len() {
		writeMessage(&b, file.Messages().Get(i))
	}
	got := strings.Fields(b.String())

	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			from := max(0, i-6)
			t.Fatalf("word %d: generated %q, message.proto %q; run go generate ./message/internal/messagepb",
				i, got[from:i+1], want[from:i+1])
		}
	}
	if len(got) != len(want) {
		t.Fatalf("generated has %d words, message.proto %d; run go generate ./message/internal/messagepb", len(got), len(want))
	}
}

func writeMessage(b *strings.Builder, m protoreflect.MessageDescriptor) {
	fmt.Fprintf(b, " message %s {", m.Name())
	for i := range m.Enums().Len() {
		e := m.Enums().Get(i)
		fmt.Fprintf(b, " enum %s {", e.Name())
		for j := range e.Values().Len() {
			v := e.Values().Get(j)
			fmt.Fprintf(b, " %s = %d;", v.Name(), v.Number())
		}
		b.WriteString(" }")
	}
	for i := range m.Fields().Len() {
		f := m.Fields().Get(i)
		kind := f.Kind().String()
		switch {
		case f.Enum() != nil:
			kind = string(f.Enum().Name())
		case f.Message() != nil:
			kind = string(f.Message().Name())
		}
		fmt.Fprintf(b, " %s %s %s = %d", f.Cardinality(), kind, f.Name(), f.Number())
		switch {
		case f.IsPacked():
			b.WriteString(" [packed = true]")
		case f.Enum() != nil && f.HasDefault():
			fmt.Fprintf(b, " [default = %s]", f.DefaultEnumValue().Name())
		case f.HasDefault():
			fmt.Fprintf(b, " [default = %v]", f.Default())
		}
		b.WriteString(";")
	}
	b.WriteString(" }")
}
