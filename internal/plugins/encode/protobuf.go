package encode

import (
	"sync/atomic"
	"time"

	"github.com/hekad/heka/plugin"
)

// protobuf copies the encoded form of messages.
type protobuf struct {
	denominator int64
	count       atomic.Int64 // written by Append alone
	samples     atomic.Int64
	nanoseconds atomic.Int64 // of all samples
}

func newProtobuf(_ *protobufConfig, env *plugin.Env) (plugin.Encoder, error) {
	return &protobuf{denominator: max(int64(env.SampleDenominator), 1)}, nil
}

// Append implements plugin.Encoder.
//
// hot: once per message; a copy of the message as it was received, unless
// something modified it.
func (e *protobuf) Append(dst []byte, p *plugin.Pack) ([]byte, error) {
	n := e.count.Load()
	e.count.Store(n + 1)
	if n%e.denominator != 0 {
		return p.Message.AppendWire(dst), nil
	}
	start := time.Now()
	dst = p.Message.AppendWire(dst)
	e.nanoseconds.Add(int64(time.Since(start)))
	e.samples.Add(1)
	return dst, nil
}

// Report implements plugin.Reporter.
func (e *protobuf) Report(r *plugin.Report) {
	samples := e.samples.Load()
	r.Add("ProcessMessageCount", e.count.Load(), "count")
	r.Add("ProcessMessageFailures", int64(0), "count")
	r.Add("ProcessMessageSamples", samples, "count")
	r.Add("ProcessMessageAvgDuration", e.nanoseconds.Load()/max(samples, 1), "ns")
}
