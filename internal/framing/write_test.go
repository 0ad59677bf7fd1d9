package framing_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/hekad/heka/internal/framing"
)

var bodySizes = []int{0, 1, 16, 127, 128, 400, 16383, 16384, 65536, 1<<21 - 1, 1 << 21}

func TestAppendIsReadBack(t *testing.T) {
	for _, size := range bodySizes {
		body := bytes.Repeat([]byte{0x1E}, size)
		out, err := framing.Append([]byte("before"), body, 1<<21)
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		out = append(out, "behind"...)
		advance, frame, problem := framing.Next(out, 1<<21, false)
		if advance != len(out)-len("behind") || problem != nil || advance-len(frame) != len("before") {
			t.Fatalf("%d bytes: advance %d, frame of %d, problem %v", size, advance, len(frame), problem)
		}
		if !bytes.Equal(frame.Body(), body) {
			t.Fatalf("%d bytes: body differs", size)
		}
		if h, err := frame.Header(); err != nil || int(h.Length) != size || h.MAC != nil {
			t.Fatalf("%d bytes: header %+v, %v", size, h, err)
		}
	}
}

func TestReservedFramesEqualAppended(t *testing.T) {
	for _, size := range bodySizes {
		for _, expect := range bodySizes {
			body := bytes.Repeat([]byte("ab\x1e"), size/3+1)[:size]
			want, err := framing.Append([]byte("x"), body, 1<<21)
			if err != nil {
				t.Fatal(err)
			}
			got, room := framing.Reserve([]byte("x"), expect)
			got, err = room.Close(append(got, body...), 1<<21)
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%d bytes, %d expected: %v, got %d bytes, want %d", size, expect, err, len(got), len(want))
			}
		}
	}
}

func TestAppendRefusesLongBodies(t *testing.T) {
	const want = "Message too big, requires 65556 (MAX_MESSAGE_SIZE = 65536)"
	body := make([]byte, 65556)
	check := func(dst []byte, err error) {
		t.Helper()
		var tooBig *framing.BodyError
		if !errors.As(err, &tooBig) || err.Error() != want || string(dst) != "kept" {
			t.Errorf("got %q, %v", dst, err)
		}
	}
	check(framing.Append([]byte("kept"), body, 65536))
	check(framing.AppendHeader([]byte("kept"), len(body), 65536))
	dst, room := framing.Reserve([]byte("kept"), 0)
	check(room.Close(append(dst, body...), 65536))
	signer, err := framing.NewSigner("a", 1, framing.MD5, nil)
	if err != nil {
		t.Fatal(err)
	}
	check(signer.Append([]byte("kept"), body, 65536))
}

func TestAppendAllocatesNothing(t *testing.T) {
	body := make([]byte, 400)
	buf := make([]byte, 0, 1024)
	allocs := testing.AllocsPerRun(100, func() {
		out, err := framing.Append(buf, body, 400)
		if err != nil {
			t.Fatal(err)
		}
		out, room := framing.Reserve(out, 400)
		if _, err = room.Close(append(out, body...), 400); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func TestMaxRecord(t *testing.T) {
	if got := framing.MaxRecord(framing.DefaultMaxBody); got != 65794 {
		t.Errorf("got %d", got)
	}
}
