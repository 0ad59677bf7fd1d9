package message_test

import (
	"strings"
	"testing"

	"github.com/hekad/heka/message"
)

func TestParse(t *testing.T) {
	for _, v := range readWireVectors(t) {
		t.Run(v.name, func(t *testing.T) {
			for _, m := range []*message.Message{message.New(), used()} {
				err := m.Parse(v.wire)
				if (err == nil) != accepts(v.wire) {
					t.Errorf("error %v differs from the generated type", err)
				}
				if v.err != "" {
					if err == nil || !strings.Contains(err.Error(), v.err) {
						t.Errorf("error %v, want %s", err, v.err)
					}
					if got := toJSON(m); got != "{}" {
						t.Errorf("after the error the message holds %s", got)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if got := toJSON(m); got != v.json {
					t.Errorf("\n got %s\nwant %s", got, v.json)
				}
				pb, _ := unmarshal(v.wire)
				checkSame(t, m, pb)
			}
		})
	}
}
