package plugin_test

import (
	"context"
	"fmt"

	"github.com/hekad/heka/plugin"
)

// ShoutConfig is the configuration of ShoutOutput: its options, with their
// defaults in the declaration below.
type ShoutConfig struct {
	// What stands behind each line; the reference shows this comment to users.
	Ending string `toml:"ending"`
}

type shout struct{ ending string }

// Send delivers one message. An error has it tried again.
func (s *shout) Send(_ context.Context, p *plugin.Pack) error {
	fmt.Println(p.Message.Payload() + s.ending)
	return nil
}

// ShoutOutput is all that heka needs to know; func main() { heka.Main(ShoutOutput) }
// is a heka that has it.
var ShoutOutput = plugin.NewOutput("ShoutOutput", ShoutConfig{Ending: "!"},
	func(c *ShoutConfig, _ *plugin.Env) (plugin.Output, error) { return &shout{c.Ending}, nil })

// A plugin is a config struct, a type with the method of its kind, and a
// declaration. Package plugintest has a larger example, with its tests.
func Example() {
	instance, err := ShoutOutput.Build(ShoutOutput.NewConfig(), &plugin.Env{Name: "ShoutOutput"})
	if err != nil {
		fmt.Println(err)
		return
	}
	p := new(plugin.Pack)
	p.Message.SetPayload("hello")
	if err := instance.(plugin.Output).Send(context.Background(), p); err != nil {
		fmt.Println(err)
	}
	// Output: hello!
}
