package matcher

import (
	"math"
	"slices"
	"testing"

	"github.com/hekad/heka/message"
)

func TestStampsStartOver(t *testing.T) {
	var matchers []*Matcher
	for _, expr := range []string{
		"Fields[a] == 1 && Fields[b] =~ /x\\d/", "Fields[b] =~ /x\\d/ && Fields[a] == 1 || FALSE",
		"Fields[a] == 1", "Logger == '' && (Fields[a] == 1 || Pid == 9)", "Fields[a][1] == 2", "Fields[c] == NIL", "Uuid =~ /^0/", "Uuid !~ /1$/",
	} {
		x, err := Parse(expr)
		if err != nil {
			t.Fatal(err)
		}
		matchers = append(matchers, x)
	}
	full := message.New()
	full.SetUUID(message.UUID{15: 1})
	full.AddInteger("a", 1, "")
	full.AddString("b", "x7")
	full.AddInteger("a", 2, "")
	full.AddString("c", "")
	half := message.New()
	half.SetUUID(message.UUID{0: 0x10, 15: 1})
	half.AddInteger("a", 5, "")
	empty := message.New()
	set := NewSet(matchers)
	for _, third := range []*message.Message{empty, half, full} {
		var sc Scratch
		set.Match(full, nil, &sc) // with the stamp that the third message will have
		sc.now = math.MaxUint32 - 5
		for i, m := range []*message.Message{empty, empty, third, full, half, empty} {
			var want []int32
			for k, x := range matchers {
				if x.Match(m) {
					want = append(want, int32(k))
				}
			}
			if got := set.Match(m, nil, &sc); !slices.Equal(got, want) {
				t.Errorf("message %d: hits %v, want %v", i, got, want)
			}
		}
		if sc.now != 8 {
			t.Errorf("stamps have not started over: %d", sc.now)
		}
	}
}
