package logoutput

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/hekad/heka/plugin"
)

// enough bytes in one write.
const enough = 32 << 10

// Output is the LogOutput plugin.
type Output struct {
	env   *plugin.Env
	out   io.Writer
	flags int    // of the standard log package, which log_flags is written in
	buf   []byte // lines that are not yet printed
}

func newOutput(_ *OutputConfig, env *plugin.Env) (plugin.Output, error) {
	return &Output{env: env, out: os.Stdout, flags: log.Flags()}, nil
}

// SendBatch implements plugin.BatchOutput. A message that cannot be encoded is
// printed up to before it is dropped, so that Done is exact whatever happens.
func (o *Output) SendBatch(_ context.Context, b *plugin.Batch) error {
	o.buf = o.buf[:0]
	packs, now := b.Packs[b.Done:], time.Now()
	waiting := 0
	for _, p := range packs {
		refused := o.line(p, now)
		if refused == nil {
			waiting++
		}
		if refused != nil || len(o.buf) >= enough {
			if err := o.print(); err != nil {
				return err
			}
			b.Done += waiting
			waiting = 0
		}
		if refused != nil {
			b.Drop(p, "encode", refused)
			b.Done++
		}
	}
	return o.print()
}

// Send implements plugin.Output.
func (o *Output) Send(_ context.Context, p *plugin.Pack) error {
	o.buf = o.buf[:0]
	if err := o.line(p, time.Now()); err != nil {
		return plugin.Refused("encode", err)
	}
	return o.print()
}

// line adds a message to the buffer.
func (o *Output) line(p *plugin.Pack, now time.Time) error {
	before := len(o.buf)
	prefixed := o.prefix(o.buf, now)
	buf, err := o.env.Encode(prefixed, p)
	if errors.Is(err, plugin.ErrSkip) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("Error encoding message: %w", err)
	}
	if len(buf) == before || buf[len(buf)-1] != '\n' {
		buf = append(buf, '\n')
	}
	o.buf = buf
	return nil
}

// prefix writes the date and time.
func (o *Output) prefix(dst []byte, now time.Time) []byte {
	if o.flags&log.LUTC != 0 {
		now = now.UTC()
	}
	if o.flags&log.Ldate != 0 {
		dst = now.AppendFormat(dst, "2006/01/02 ")
	}
	switch {
	case o.flags&log.Lmicroseconds != 0:
		dst = now.AppendFormat(dst, "15:04:05.000000 ")
	case o.flags&log.Ltime != 0:
		dst = now.AppendFormat(dst, "15:04:05 ")
	}
	return dst
}

func (o *Output) print() error {
	if len(o.buf) == 0 {
		return nil
	}
	if _, err := o.out.Write(o.buf); err != nil {
		return fmt.Errorf("printing messages: %w", err)
	}
	o.buf = o.buf[:0]
	return nil
}
