package config_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

// checked fails with the error that a names.
type checked struct {
	A    string             `toml:"a"`
	B    string             `toml:"b" secret:"true"`
	Sub  *checked           `toml:"sub"`
	Many map[string]checked `toml:"many"`
}

var errChecked = map[string]error{
	"plain":  errors.New("two things do not fit"),
	"option": plugin.BadOption("a", "a is %q; it must be even", "x"),
	"joined": errors.Join(plugin.BadOption("b", "odd"), plugin.BadOption("a", "wrong")),
	"nested": &plugin.OptionError{Option: "sub", Err: plugin.BadOption("a", "inside")},
	"wraps":  fmt.Errorf("checking: %w", errors.Join(plugin.BadOption("a", "one"), plugin.BadOption("b", "two"))),
	"unset":  plugin.BadOption("sub.b", "b must be set"),
	"lines":  errors.Join(errors.New("first"), errors.New("second")),
	"twice":  fmt.Errorf("%w and %w", errors.New("x"), errors.New("y")),
}

func (c checked) Check() error { return errChecked[c.A] }

func TestCheckPointsAtOptions(t *testing.T) {
	for _, c := range []struct{ a, more, want string }{
		{"plain", "", "1:1: [s] two things do not fit\n"},
		{"option", "", "2:5: [s] a is \"x\"; it must be even\n"},
		{"joined", `b = "1"`, "2:5: [s] a: wrong\n3:5: [s] b: odd\n"},
		{"nested", `sub = { a = "n" }`, "3:13: [s] sub.a: inside\n"},
		{"wraps", "", "1:1: [s] b: two\n2:5: [s] a: one\n"},
		{"unset", `sub = { a = "n" }`, "3:7: [s] sub.b must be set\n"},
		{"lines", "", "1:1: [s] first\n1:1: [s] second\n"},
		{"twice", "", "1:1: [s] x and y\n"},
		{"fine", "[s.sub]\na = \"option\"", "4:5: [s] sub.a is \"x\"; it must be even\n"},
		{"fine", "[s.many.k]\na = \"option\"", "4:5: [s] many.k.a is \"x\"; it must be even\n"},
	} {
		text := fmt.Sprintf("[s]\na = %q\n%s", c.a, c.more)
		got := strings.ReplaceAll(lines(config.Decode(section(t, text), &checked{})), "in.toml:", "")
		if got != c.want {
			t.Errorf("%s:\ngot  %swant %s", text, got, c.want)
		}
	}
}

func TestProblemsOfBuilding(t *testing.T) {
	sec := section(t, "[s]\naddress = \"x\"\n[s.tls]\ncert_file = \"c\"")
	err := errors.Join(plugin.BadOption("address", "cannot be reached"), plugin.BadOption("tls.key_file", "is missing"),
		plugin.BadOption("net", "net is odd"), errors.New("no luck"))
	want := "in.toml:2:11: [s] address: cannot be reached\nin.toml:3:1: [s] tls.key_file: is missing\n" +
		"in.toml:1:1: [s] net is odd\nin.toml:1:1: [s] no luck\n"
	if got := lines(config.ProblemsOf(sec, err)); got != want {
		t.Errorf("got\n%s", got)
	}
	if got := config.ProblemsOf(sec, nil); got != nil {
		t.Error(got)
	}
}
