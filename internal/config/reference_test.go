package config_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

func TestFieldsDescribeEveryType(t *testing.T) {
	yes := true
	target := everything{
		Address: `a"b`, Int: 3, Ratio: 2, Delay: 2 * time.Minute, Level: 1, To: []string{"x", "y"},
		Maybe: &yes, Inner: tls{CertFile: "c"}, Password: "p",
		When: time.Date(2015, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	var got strings.Builder
	for _, f := range config.Fields(&target) {
		fmt.Fprintf(&got, "%s: %s = %s", f.Name, f.Type, f.Default)
		for _, sub := range f.Fields {
			fmt.Fprintf(&got, " {%s: %s = %s}", sub.Name, sub.Type, sub.Default)
		}
		got.WriteByte('\n')
	}
	want := `address: string = "a\"b"
net: string = ""
on: bool = false
int: int = 3
tiny: int8 = 0
port: uint16 = 0
big: uint64 = 0
ratio: float = 2.0
single: float = 0.0
delay: duration = "2m"
when: date = 2015-01-02T03:04:05Z
level: string = "low"
to: list of strings = ["x", "y"]
numbers: list of ints = []
modes: list of strings = []
fields: table of strings = {}
codes: table of ints = {}
maybe: bool = true
tls: sub-section =  {cert_file: string = ""} {key_file: string = ""}
inner: sub-section =  {cert_file: string = "c"} {key_file: string = ""}
signer: table of sub-sections =  {hmac_key: string = ""}
list: list of sub-sections =  {hmac_key: string = ""}
config: table = {}
any: any = 
password: string = "********"
pin: int = 0
`
	if got.String() != want {
		t.Errorf("got\n%s", got.String())
	}
}

func TestFieldsCarryTags(t *testing.T) {
	type options struct {
		Size  uint32 `toml:"size,omitempty" min:"1" max:"9" unit:"bytes" required:"true"`
		Codec string `toml:"codec" alias:"kodec" ref:"encoder" oneof:",a" secret:"true"`
	}
	f := config.Fields(options{})
	if f[0].Name != "size" || f[0].Min != "1" || f[0].Max != "9" || f[0].Unit != "bytes" || !f[0].Required ||
		f[0].GoName != "Size" || f[0].Struct != reflect.TypeFor[options]() {
		t.Errorf("%+v", f[0])
	}
	if !slices.Equal(f[1].Aliases, []string{"kodec"}) || f[1].Ref != "encoder" || !f[1].Secret ||
		!slices.Equal(f[1].OneOf, []string{"", "a"}) {
		t.Errorf("%+v", f[1])
	}
}

// tree is a type that contains itself.
type tree struct {
	Name string          `toml:"name"`
	Kids map[string]tree `toml:"kids"`
}

func TestFieldsOfTypeWithinItself(t *testing.T) {
	f := config.Fields(tree{})
	if len(f) != 2 || len(f[1].Fields) != 0 || f[1].Type != "table of sub-sections" {
		t.Errorf("%+v", f)
	}
	var got tree
	problems := config.Decode(section(t, "[s.kids.a.kids.b]\nname = \"x\""), &got)
	if len(problems) > 0 || got.Kids["a"].Kids["b"].Name != "x" {
		t.Error(problems, got)
	}
}

func TestEffectiveListing(t *testing.T) {
	sec := section(t, `[s]
type = "SomeInput"
Address = "amqp://u:p@h"
password = "good"
pin = 1234
fields = { b = "1", "a.b" = "%ENV[HOME]" }
to = ["x"]
[s.config]
z = 1
api_token = "x"
a = [ { c = 1.0 } ]
  [s.config.deep]
  d = 2015-01-23T10:20:30Z
  "e.f" = { g = 1 }
[s.signer.k]
hmac_key = "secret"
[s.retries]
max_delay = "90s"
`)
	own := everything{Net: "tcp", Big: 1, Delay: time.Hour, Inner: tls{"c", "k"}, Ratio: 1, Level: 1}
	shared := common{Ticker: 5}
	if problems := config.Decode(sec, &own, &shared); len(problems) > 0 {
		t.Fatal(problems)
	}
	own.Fields = append(own.Fields, plugin.Pair{Key: "%ENV[X]", Value: "%ENV[Y]\a\t\\\""})
	got := config.Effective(sec, &own, &shared).TOML(true)
	checkGolden(t, "testdata/effective.toml", got)

	again := section(t, config.Effective(sec, &own, &shared).TOML(false))
	var own2 everything
	var shared2 common
	for _, p := range config.Decode(again, &own2, &shared2) {
		if p.Option != "password" && p.Option != "pin" { // masked
			t.Error("listing does not decode:", p)
		}
	}
	if !reflect.DeepEqual(own2.Fields, own.Fields) || own2.Delay != own.Delay || !reflect.DeepEqual(own2.Free["deep"], own.Free["deep"]) ||
		!reflect.DeepEqual(shared2, shared) {
		t.Errorf("listing reads as %+v %+v", own2, shared2)
	}
}
