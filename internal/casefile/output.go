package casefile

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

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
	mu    sync.Mutex // guards what follows
	all   []*sink    // in the order of their sections
	turns int        // how often a conductor has let something happen
	idle  bool       // it lets time pass
}

// sink is one TestOutput.
type sink struct {
	name     string
	sinks    *sinks
	encode   func(dst []byte, p *plugin.Pack) ([]byte, error)
	arrivals []arrival
}

// arrival is one message that reached a sink.
type arrival struct {
	message *message.Message
	pieces  [][]byte // what the encoder made of it, if it made something
	turn    int
	at      int64  // by the clock of the case, in nanoseconds since 1970
	loops   uint32 // of the pack
	fed     bool   // an input was told to send it
}

// next begins another turn of a conductor, in which an input sends something, or
// time passes.
func (s *sinks) next(idle bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turns++
	s.idle = idle
}

// sort puts what came at one instant in an order that is always the same: what
// inputs sent, then what filters made of it, by their names. Of one sender it stays
// as it came.
func (o *sink) sort() {
	slices.SortStableFunc(o.arrivals, func(a, b arrival) int {
		order := cmp.Or(cmp.Compare(a.turn, b.turn), cmp.Compare(a.at, b.at), cmp.Compare(a.loops, b.loops))
		if order == 0 && !a.fed {
			order = strings.Compare(a.message.Logger(), b.message.Logger())
		}
		return order
	})
}

// messages are what reached the sink.
func (o *sink) messages() []*message.Message {
	var all []*message.Message
	for _, a := range o.arrivals {
		all = append(all, a.message)
	}
	return all
}

// pieces are what the encoder made.
func (o *sink) pieces() [][]byte {
	var all [][]byte
	for _, a := range o.arrivals {
		all = append(all, a.pieces...)
	}
	return all
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
	o.arrivals = append(o.arrivals, arrival{message: p.Message.Clone(), turn: o.sinks.turns, at: time.Now().UnixNano(),
		loops: p.Loops, fed: p.Loops == 0 && !o.sinks.idle})
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
	last := &o.arrivals[len(o.arrivals)-1]
	last.pieces = append(last.pieces, bytes.Clone(b))
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
		messages = append(messages, o.messages()...)
		pieces = append(pieces, o.pieces()...)
	}
	return messages, pieces
}
