package config_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

// everything has an option of each type.
type everything struct {
	Address  string        `toml:"address" alias:"adress,addr"`
	Net      string        `toml:"net" oneof:"tcp,udp,unix"`
	On       bool          `toml:"on"`
	Int      int           `toml:"int" min:"-5" max:"64"`
	Tiny     int8          `toml:"tiny"`
	Port     uint16        `toml:"port"`
	Big      uint64        `toml:"big" min:"1"`
	Ratio    float64       `toml:"ratio" min:"0" max:"1"`
	Single   float32       `toml:"single"`
	Delay    time.Duration `toml:"delay" min:"1ms" max:"1h"`
	When     time.Time     `toml:"when"`
	Level    level         `toml:"level"`
	To       []string      `toml:"to"`
	Numbers  []int         `toml:"numbers" min:"0"`
	Modes    []string      `toml:"modes" oneof:"a,b"`
	Fields   plugin.Pairs  `toml:"fields"`
	Codes    map[string]int
	Maybe    *bool             `toml:"maybe"`
	TLS      *tls              `toml:"tls"`
	Inner    tls               `toml:"inner"`
	Signers  map[string]signer `toml:"signer"`
	List     []signer          `toml:"list"`
	Free     map[string]any    `toml:"config"`
	Any      any               `toml:"any"`
	Password string            `toml:"password" secret:"true" oneof:"good"`
	Pin      int               `toml:"pin" secret:"true"`
	Hidden   string            `toml:"-"`
	private  string
}

type tls struct {
	CertFile string `toml:"cert_file"`
	KeyFile  string `toml:"key_file"`
}

func (t *tls) Check() error {
	if (t.CertFile == "") != (t.KeyFile == "") {
		return plugin.BadOption("cert_file", "cert_file and key_file go together")
	}
	return nil
}

type signer struct {
	Key string `toml:"hmac_key" required:"true" secret:"true"`
}

// level reads itself from text.
type level int

func (l *level) UnmarshalText(text []byte) error {
	switch string(text) {
	case "low", "1":
		*l = 1
	case "high", "2":
		*l = 2
	default:
		return errors.New("it must be low or high")
	}
	return nil
}

func (l level) MarshalText() ([]byte, error) {
	return []byte([]string{"none", "low", "high"}[l]), nil
}

// common stands for the common options of a kind.
type common struct {
	Decoder string   `toml:"decoder"`
	Ticker  uint     `toml:"ticker_interval"`
	Retries *retries `toml:"retries"`
}

type retries struct {
	MaxDelay time.Duration `toml:"max_delay"`
}

// section reads text as a configuration with the one section [s].
func section(t testing.TB, text string) *config.Section {
	t.Helper()
	cfg, problems := config.LoadBytes("in.toml", []byte(text), config.Options{LookupEnv: lookup})
	if problems.HasErrors() || len(cfg.Sections) != 1 {
		t.Fatalf("reading %q: %v", text, problems)
	}
	return cfg.Sections[0]
}

func TestDecodeFillsEveryType(t *testing.T) {
	sec := section(t, `
[s]
type = "SomeInput"
ADDRESS = ":5565"
net = "udp"
on = true
int = -5
tiny = -128
port = 65535
big = 9223372036854775807
ratio = 1
single = 0.5
delay = "1m30s"
when = 2015-01-23T10:20:30Z
level = "high"
to = ["a", "b"]
numbers = [1, 2]
modes = ["b"]
codes = { x = 1 }
maybe = false
any = [1, 2.5, "x", true, { y = 1 }]
password = "good"
decoder = "d"
[s.fields]
z = "1"
a.b = "2"
[s.tls]
cert_file = "c"
key_file = "k"
[s.signer.ops_1]
hmac_key = "x"
[[s.list]]
hmac_key = "y"
[s.config]
n = 1
f = 1.5
t = 2015-01-23T10:20:30Z
[s.config.Sub]
list = ["q"]
[s.retries]
max_delay = "1s"
`)
	when := time.Date(2015, 1, 23, 10, 20, 30, 0, time.UTC)
	no := false
	want := everything{
		Address: ":5565", Net: "udp", On: true, Int: -5, Tiny: -128, Port: 65535, Big: math.MaxInt64,
		Ratio: 1, Single: 0.5, Delay: 90 * time.Second, When: when, Level: 2, To: []string{"a", "b"},
		Numbers: []int{1, 2}, Modes: []string{"b"}, Fields: plugin.Pairs{{Key: "z", Value: "1"}, {Key: "a.b", Value: "2"}},
		Codes: map[string]int{"x": 1}, Maybe: &no, TLS: &tls{"c", "k"}, Signers: map[string]signer{"ops_1": {"x"}},
		List:     []signer{{"y"}},
		Free:     map[string]any{"n": int64(1), "f": 1.5, "t": when, "Sub": map[string]any{"list": []any{"q"}}},
		Any:      []any{int64(1), 2.5, "x", true, map[string]any{"y": int64(1)}},
		Password: "good", Hidden: "kept", private: "kept",
	}
	got, shared := everything{Hidden: "kept", private: "kept"}, common{Ticker: 7}
	if problems := config.Decode(sec, &got, &shared); len(problems) > 0 {
		t.Fatal(problems)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if want := (common{"d", 7, &retries{time.Second}}); !reflect.DeepEqual(shared, want) {
		t.Errorf("got  %+v\nwant %+v", shared, want)
	}
}

func TestDecodeKeepsDefaultsApart(t *testing.T) {
	yes := true
	defaults := everything{
		To: []string{"d"}, Codes: map[string]int{"d": 1}, Maybe: &yes, TLS: &tls{"dc", "dk"},
		Signers: map[string]signer{"d": {"k"}}, Inner: tls{"ic", "ik"}, Net: "tcp",
	}
	got := defaults
	sec := section(t, `
[s]
to = []
codes = { x = 2 }
maybe = false
tls = { cert_file = "c" }
signer = { e = { hmac_key = "h" } }
inner = { key_file = "k" }
`)
	if problems := config.Decode(sec, &got); len(problems) > 0 {
		t.Fatal(problems)
	}
	no := false
	want := everything{
		To: []string{}, Codes: map[string]int{"x": 2}, Maybe: &no, TLS: &tls{"c", "dk"},
		Signers: map[string]signer{"e": {"h"}}, Inner: tls{"ic", "k"}, Net: "tcp",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if len(defaults.To) != 1 || defaults.Codes["d"] != 1 || !yes || *defaults.TLS != (tls{"dc", "dk"}) || len(defaults.Signers) != 1 {
		t.Errorf("defaults changed: %+v", defaults)
	}
}

// TestDecodeProblems decodes one line, or more, of a section [s] and compares
// everything that is found.
func TestDecodeProblems(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`address = 5565`, `2:11: [s] address is 5565, an integer; it must be a string`},
		{`address = [1]`, `2:11: [s] address is a list; it must be a string`},
		{`address = {}`, `2:11: [s] address is a sub-section; it must be a string`},
		{`address = 2015-01-23T10:20:30Z`, `2:11: [s] address is 2015-01-23T10:20:30Z, a date; it must be a string`},
		{`type = 5`, `2:8: [s] type is 5, an integer; it must be a string`},
		{`Type = "x"`, ``},
		{`adres = ":1"`, `2:1: [s] unknown option "adres"; did you mean "address"?`},
		{`ticker_intreval = 1`, `2:1: [s] unknown option "ticker_intreval"; did you mean "ticker_interval"?`},
		{`nothing_like_it = 1`, `2:1: [s] unknown option "nothing_like_it"`},
		{`hidden = 1`, `2:1: [s] unknown option "hidden"`},
		{`private = 1`, `2:1: [s] unknown option "private"`},
		{`max_delay = "1s"`, `2:1: [s] unknown option "max_delay"; it belongs into [s.retries]`},
		{"[s.fild]", `2:4: [s] unknown sub-section "fild"; did you mean "fields"?`},
		{"[s.tls]\ncertfile = \"x\"", `3:1: [s] unknown option "tls.certfile"; did you mean "tls.cert_file"?`},
		{"[s.retries]\nmax_dely = \"1s\"", `3:1: warning: [s] unknown option "retries.max_dely" has no effect; did you mean "retries.max_delay"?`},
		{`addr = "x"`, `2:1: warning: [s] option "addr" is deprecated; write "address"`},
		{`ADRESS = "x"`, `2:1: warning: [s] option "ADRESS" is deprecated; write "address"`},
		{"address = \"x\"\nAddress = \"y\"", `3:1: [s] address is set twice, as address on line 2 and as Address`},
		{`net = "tpc"`, `2:7: [s] net is "tpc"; it must be tcp, udp or unix; did you mean "tcp"?`},
		{`net = ""`, `2:7: [s] net is ""; it must be tcp, udp or unix`},
		{`modes = ["a", "c"]`, `2:15: [s] modes[1] is "c"; it must be a or b`},
		{`on = "true"`, `2:6: [s] on is "true", a string; it must be true or false; write it without quotes`},
		{`on = 1`, `2:6: [s] on is 1, an integer; it must be true or false`},
		{`int = "7"`, `2:7: [s] int is "7", a string; it must be an integer; write it without quotes`},
		{`int = 7.0`, `2:7: [s] int is 7.0, a number; it must be an integer`},
		{`int = 65`, `2:7: [s] int is 65; it must be from -5 to 64`},
		{`int = -6`, `2:7: [s] int is -6; it must be from -5 to 64`},
		{`tiny = 128`, `2:8: [s] tiny is 128; it must be from -128 to 127`},
		{`port = 0x10000`, `2:8: [s] port is 0x10000; it must be from 0 to 65535`},
		{`ticker_interval = -1`, `2:19: [s] ticker_interval is -1; it must be 0 or more`},
		{`big = 0`, `2:7: [s] big is 0; it must be 1 or more`},
		{`numbers = [1, -1]`, `2:15: [s] numbers[1] is -1; it must be 0 or more`},
		{`ratio = 1.5`, `2:9: [s] ratio is 1.5; it must be from 0 to 1`},
		{`ratio = nan`, `2:9: [s] ratio is nan; it must be from 0 to 1`},
		{`ratio = "x"`, `2:9: [s] ratio is "x", a string; it must be a number`},
		{`single = 1e300`, `2:10: [s] single is 1e300; it must be a number of 32 bits`},
		{`delay = "xyz"`, `2:9: [s] delay is "xyz"; it must be a duration such as "250ms" or "1h30m"`},
		{`delay = "30"`, `2:9: [s] delay is "30"; it must be a duration such as "250ms" or "1h30m"; did you mean "30s"?`},
		{`delay = 30`, `2:9: [s] delay is 30, an integer; it must be a duration such as "250ms" or "1h30m"; did you mean "30s"?`},
		{`delay = "0s"`, `2:9: [s] delay is "0s"; it must be from 1ms to 1h`},
		{`ratio = "0.5"`, `2:9: [s] ratio is "0.5", a string; it must be a number; write it without quotes`},
		{`when = "2015-01-23T10:20:30Z"`, `2:8: [s] when is "2015-01-23T10:20:30Z", a string; it must be a date; write it without quotes`},
		{"[s. TLS ]\n\" cert_file \" = 5", `3:17: [s] tls.cert_file is 5, an integer; it must be a string`},
		{`when = "x"`, `2:8: [s] when is "x", a string; it must be a date`},
		{`level = "mid"`, `2:9: [s] level is "mid": it must be low or high`},
		{`level = true`, `2:9: [s] level is true, a boolean; it must be a string`},
		{`level = 2`, ``},
		{`to = "a"`, `2:6: [s] to is "a", a string; it must be a list of strings; write ["a"]`},
		{`to = ["a", 5]`, `2:12: [s] to[1] is 5, an integer; it must be a string`},
		{`fields = { a = 1 }`, `2:16: [s] fields.a is 1, an integer; it must be a string`},
		{`codes = { a = "x" }`, `2:15: [s] codes.a is "x", a string; it must be an integer`},
		{`tls = true`, `2:7: [s] tls is true, a boolean; it must be a sub-section; write it as [s.tls]`},
		{`signer = 5`, `2:10: [s] signer is 5, an integer; it must be a table of sub-sections; write it as [s.signer]`},
		{`signer = { a = {} }`, `2:16: [s] signer.a.hmac_key is required`},
		{`list = [{ hmac_key = 5 }]`, `2:22: [s] list[0].hmac_key is an integer; it must be a string`},
		{`password = "bad"`, `2:12: [s] password must be good`},
		{`password = 5`, `2:12: [s] password is an integer; it must be a string`},
		{`pin = "5"`, `2:7: [s] pin is a string; it must be an integer`},
		{`tls = { key_file = "k" }`, `2:7: [s] tls.cert_file and key_file go together`},
		{`inner = { cert_file = "c" }`, `2:23: [s] inner.cert_file and key_file go together`},
		{`tls = { key_file = "k", cert_file = 5 }`, `2:37: [s] tls.cert_file is 5, an integer; it must be a string`},
		{"int = \"x\"\nbogus = 1\non = 3", "2:7: [s] int is \"x\", a string; it must be an integer\n" +
			"3:1: [s] unknown option \"bogus\"\n4:6: [s] on is 3, an integer; it must be true or false"},
	} {
		var got []string
		for _, p := range config.Decode(section(t, "[s]\n"+c.text), &everything{}, &common{}) {
			got = append(got, strings.TrimPrefix(p.String(), "in.toml:"))
		}
		if strings.Join(got, "\n") != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.text, strings.Join(got, "\n     "), c.want)
		}
	}
}

func TestPluginWithoutOptionsOnlyWarnsOfUnknownOnes(t *testing.T) {
	problems := config.Decode(section(t, "[s]\nfoo = 1\ndecoder = 5"), &struct{}{}, &common{})
	want := "in.toml:2:1: warning: [s] unknown option \"foo\" has no effect\n" +
		"in.toml:3:11: [s] decoder is 5, an integer; it must be a string\n"
	if got := lines(problems); got != want {
		t.Errorf("got %s", got)
	}
}

// lines prints problems, one a line.
func lines(ps config.Problems) string {
	var b strings.Builder
	for _, p := range ps {
		fmt.Fprintln(&b, p)
	}
	return b.String()
}

func TestRequiredOption(t *testing.T) {
	type required struct {
		URL string `toml:"url" required:"true"`
	}
	if got, want := lines(config.Decode(section(t, "\n [s]"), &required{})), "in.toml:2:2: [s] url is required\n"; got != want {
		t.Error(got)
	}
	if got := config.Decode(section(t, "[s]\nurl = \"\""), &required{URL: "x"}); len(got) > 0 {
		t.Error(got)
	}
	cfg, _ := config.LoadBytes("in.toml", []byte("[s]\nurl = http://x"), config.Options{})
	if got := config.Decode(cfg.Sections[0], &required{}); len(got) > 0 {
		t.Error("an unreadable value is not missing as well:", got)
	}
}

func TestSectionWhere(t *testing.T) {
	sec := section(t, "\n[s]\naddress = \"x\"\n[s.tls]\ncert_file = \"c\"")
	for option, want := range map[string]string{
		"": "in.toml:2:1", "address": "in.toml:3:11", "Address": "in.toml:3:11", "net": "in.toml:2:1",
		"tls.cert_file": "in.toml:5:13", "tls.key_file": "in.toml:4:1", "address.x": "in.toml:3:11",
	} {
		if got := sec.Where(option).String(); got != want {
			t.Errorf("Where(%q) = %s, want %s", option, got, want)
		}
	}
}

func TestSectionSets(t *testing.T) {
	sec := section(t, "[s]\ndecoder = \"\"\n[s.buffering]\nMax_File_Size = 1")
	for option, want := range map[string]bool{
		"decoder": true, "Decoder": true, "encoder": false, "buffering": true,
		"buffering.max_file_size": true, "buffering.full_action": false, "decoder.x": false,
	} {
		if got := sec.Sets(option); got != want {
			t.Errorf("Sets(%q) = %t", option, got)
		}
	}
}

func TestDetailShowsTheLine(t *testing.T) {
	problems := config.Decode(section(t, "[s]\n\taddress = 5 # größe\n"), &everything{})
	want := "in.toml:2:12: [s] address is 5, an integer; it must be a string\n" +
		"  2 | \taddress = 5 # größe\n" +
		"    | \t          ^"
	if got := problems[0].Detail(); got != want {
		t.Errorf("got\n%s", got)
	}
	problems = config.Decode(section(t, "[s]\npassword = 12345\n"), &everything{})
	if got := problems[0].Detail(); strings.Contains(got, "12345") {
		t.Errorf("secret shown: %s", got)
	}
}

func TestASingleValueStandsForAList(t *testing.T) {
	f := func(text, want string, values ...int) {
		t.Helper()
		var c struct {
			Alone []int `toml:"alone" single:"true" max:"9"`
		}
		var got []string
		for _, p := range config.Decode(section(t, "[s]\n"+text), &c) {
			got = append(got, p.String())
		}
		if strings.Join(got, "\n") != want || want == "" && !slices.Equal(c.Alone, values) {
			t.Errorf("%s: %v, problems %q", text, c.Alone, got)
		}
	}
	f(`alone = 5`, "", 5)
	f(`alone = [5, 6]`, "", 5, 6)
	f(`alone = []`, "")
	f(`alone = 10`, `in.toml:2:9: [s] alone is 10; it must be 9 or less`)
	f(`alone = "x"`, `in.toml:2:9: [s] alone is "x", a string; it must be an integer`)
	f(`alone = {}`, `in.toml:2:9: [s] alone is a sub-section; it must be a list of ints`)
}
