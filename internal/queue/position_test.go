package queue_test

import (
	"testing"

	"github.com/hekad/heka/internal/queue"
)

func TestParsePosition(t *testing.T) {
	f := func(text string, want queue.Position, wantErr string) {
		t.Helper()
		got, err := queue.ParsePosition(text)
		if err != nil && err.Error() != wantErr || err == nil && wantErr != "" || got != want {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
	f("0 0", queue.Position{}, "")
	f("12 3456", queue.Position{Segment: 12, Offset: 3456}, "")
	f(" 12\t3456\r\n", queue.Position{Segment: 12, Offset: 3456}, "")
	f("", queue.Position{}, "invalid checkpoint format")
	f("1", queue.Position{}, "invalid checkpoint format")
	f("1 2 3", queue.Position{}, "invalid checkpoint format")
	f("x 1", queue.Position{}, "invalid checkpoint id")
	f("-1 1", queue.Position{}, "invalid checkpoint id")
	f("9999999999999999999 1", queue.Position{}, "invalid checkpoint id")
	f("1 x", queue.Position{}, "invalid checkpoint offset")
	f("1 -1", queue.Position{}, "invalid checkpoint offset")
	f("1 9999999999999999999", queue.Position{}, "invalid checkpoint offset")
	if text := (queue.Position{Segment: 12, Offset: 3456}).String(); text != "12 3456" {
		t.Errorf("text %q", text)
	}
}
