package casefile

import (
	"bytes"
	"context"
	"errors"
	"sync"

	_ "embed" // for outputSource

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

//go:embed output.go
var outputSource string

// outputConfig is the configuration of TestOutput, which keeps the messages that
// it gets and, with an encoder, the bytes that they become.
type outputConfig struct{}

// sinks are what the TestOutputs of one run got.
type sinks struct {
	mu  sync.Mutex // guards all
	all []*sink    // in the order of their sections
}

// sink is one TestOutput.
type sink struct {
	name     string
	sinks    *sinks
	encode   func(dst []byte, p *plugin.Pack) ([]byte, error)
	messages []*message.Message
	pieces   [][]byte
}

func outputPlugin(s *sinks) plugin.Plugin {
	build := func(_ *outputConfig, env *plugin.Env) (plugin.Output, error) { return s.add(env), nil }
	return plugin.NewOutput("TestOutput", outputConfig{}, build, plugin.Docs(outputSource),
		plugin.ConsumerDefaults(func(o *plugin.ConsumerOptions) { o.MessageMatcher = "TRUE" }))
}

// add adds an output.
func (s *sinks) add(env *plugin.Env) *sink {
	o := &sink{name: env.Name, sinks: s, encode: env.Encode}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, o)
	return o
}

// Send implements plugin.Output.
func (o *sink) Send(_ context.Context, p *plugin.Pack) error {
	o.sinks.mu.Lock()
	defer o.sinks.mu.Unlock()
	o.messages = append(o.messages, p.Message.Clone())
	if o.encode == nil {
		return nil
	}
	b, err := o.encode(nil, p)
	if errors.Is(err, plugin.ErrSkip) {
		return nil
	}
	if err != nil {
		return plugin.Refused("encode", err)
	}
	o.pieces = append(o.pieces, bytes.Clone(b))
	return nil
}

// encodes reports whether one of the outputs has an encoder.
func (s *sinks) encodes() bool {
	for _, o := range s.all {
		if o.encode != nil {
			return true
		}
	}
	return false
}

// take returns what the outputs got.
func (s *sinks) take() (messages []*message.Message, pieces [][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.all {
		messages = append(messages, o.messages...)
		pieces = append(pieces, o.pieces...)
	}
	return messages, pieces
}
