package deadletter_test

import (
	"strings"
	"testing"

	"github.com/hekad/heka/internal/deadletter"
	"github.com/hekad/heka/message"
)

// refused is a message with something of everything.
func refused() *message.Message {
	m := message.New()
	m.SetUUID(message.UUID{1, 2, 3})
	m.SetTimestamp(42)
	m.SetType("order")
	m.SetLogger("shop")
	m.SetPayload("a payload\xff")
	m.AddInteger("n", 7, "count")
	return m
}

func TestALetterCarriesTheMessageAndTheReason(t *testing.T) {
	letter := message.New()
	deadletter.Letter{Plugin: "index", Reason: "mapping", Error: "no such field", Message: refused()}.Write(letter)
	got := message.New()
	if err := got.Parse(letter.AppendWire(nil)); err != nil {
		t.Fatal(err)
	}
	wire, ok := deadletter.Original(got)
	if want := refused().AppendWire(nil); !ok || string(wire) != string(want) {
		t.Errorf("got %q, want %q", wire, want)
	}
	for name, want := range map[string]string{"reason": "mapping", "error": "no such field", "plugin": "index",
		"original_type": "order", "original_logger": "shop"} {
		f := got.FindField(name, 0)
		if f == nil {
			t.Errorf("no field %s", name)
		} else if text, _ := f.Text(0); text != want {
			t.Errorf("%s is %q, want %q", name, text, want)
		}
	}
	if got.Type() != "heka.dead-letter" || got.Logger() != "index" || got.Severity() != 4 || got.Payload() != "no such field" {
		t.Errorf("got %s", message.AppendJSON(nil, got))
	}
}

func TestNoTextMakesALetterLongerThanItsRoom(t *testing.T) {
	long := strings.Repeat("ä", 5000)
	m := refused()
	m.SetType(long)
	m.SetLogger(long)
	letter := message.New()
	letter.SetUUID(message.UUID{})
	letter.SetTimestamp(1)
	letter.SetHostname(strings.Repeat("h", 255))
	letter.SetPid(1 << 30)
	deadletter.Letter{Plugin: long, Reason: long, Error: long, Message: m}.Write(letter)
	if n := len(letter.AppendWire(nil)) - len(m.AppendWire(nil)); n > deadletter.Room {
		t.Errorf("%d bytes more than the message in it, want %d at most", n, deadletter.Room)
	}
	if !strings.HasSuffix(letter.Payload(), "ä") {
		t.Errorf("a character is cut: %q", letter.Payload()[990:])
	}
}

func TestOnlyLettersHaveAnOriginal(t *testing.T) {
	m := refused()
	m.AddField("message", "", message.Bytes).AddBytes([]byte("x"))
	if _, ok := deadletter.Original(m); ok {
		t.Error("a message of another type was taken for a letter")
	}
	m.SetType(deadletter.Type)
	if wire, ok := deadletter.Original(m); !ok || string(wire) != "x" {
		t.Errorf("got %q, %v", wire, ok)
	}
	m = refused()
	m.SetType(deadletter.Type)
	if wire, ok := deadletter.Original(m); ok {
		t.Errorf("got %q of a letter without the field", wire)
	}
}
