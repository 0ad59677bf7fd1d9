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
		"Fields[a][1] == 2", "Fields[c] == NIL", "Uuid =~ /^0/", "Uuid !~ /1$/",
	} {
		x, err := Parse(expr)
		if err != nil {
			t.Fatal(err)
		}
		matchers = append(matchers, x)
	}
	set, sc := NewSet(matchers), new(Scratch)
	full := message.New()
	full.SetUUID(message.UUID{15: 1})
	full.AddInteger("a", 1, "")
	full.AddString("b", "x7")
	full.AddInteger("a", 2, "")
	full.AddString("c", "")
	messages := []*message.Message{full, message.New(), full, message.New(), message.New(), full}
	set.Match(full, nil, sc) // with the stamps that will come again
	sc.now = math.MaxUint32 - 5
	for i, m := range messages {
		var want []int32
		for k, x := range matchers {
			if x.Match(m) {
				want = append(want, int32(k))
			}
		}
		if got := set.Match(m, nil, sc); !slices.Equal(got, want) {
			t.Errorf("message %d: hits %v, want %v", i, got, want)
		}
	}
}
