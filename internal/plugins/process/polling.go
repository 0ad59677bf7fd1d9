package process

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/hekad/heka/plugin"
)

// polling is the FilePollingInput plugin.
type polling struct {
	config *pollingConfig
	env    *plugin.Env
}

func newPolling(c *pollingConfig, env *plugin.Env) (plugin.Input, error) {
	return &polling{c, env}, nil
}

// Run implements plugin.Input.
func (in *polling) Run(ctx context.Context, feed plugin.Feed) error {
	stream, err := feed.Open(plugin.StreamOptions{Decorate: in.decorate})
	if err != nil {
		return err
	}
	defer stream.Close()
	if feed.Once() {
		in.read(stream)
		return nil
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-feed.Tick():
			in.read(stream)
		}
	}
}

// read reads the file once.
func (in *polling) read(stream plugin.Stream) {
	f, err := os.Open(in.config.FilePath)
	if err != nil {
		in.env.Log.Error("Error opening file: " + err.Error())
		return
	}
	defer f.Close()
	if err := stream.SplitAll(bounded(f, stream, in.env)); err != nil {
		in.env.Log.Error("Error reading file: " + err.Error())
	}
}

func (in *polling) decorate(p *plugin.Pack) {
	m := &p.Message
	m.SetType("heka.file.polling")
	m.SetHostname(in.env.Hostname)
	m.AddInteger("TickerInterval", int64(in.config.TickerInterval), "")
	m.AddString("FilePath", in.config.FilePath)
}

// bounded is r with a limit if the stream makes one record of everything: somewhat
// more than the longest message, so that the host sees that it is too long.
func bounded(r io.Reader, stream plugin.Stream, env *plugin.Env) io.Reader {
	w, ok := stream.(plugin.WholeBodies)
	if !ok || !w.WholeBodies() {
		return r
	}
	return &head{r: r, left: 2*env.MaxMessageSize + 64<<10}
}

// head passes on the beginning of what it reads, and reads the rest to its end.
type head struct {
	r    io.Reader
	left int
}

// Read implements io.Reader.
func (h *head) Read(b []byte) (int, error) {
	if h.left == 0 {
		if _, err := io.Copy(io.Discard, h.r); err != nil {
			return 0, fmt.Errorf("reading on: %w", err)
		}
		return 0, io.EOF
	}
	n, err := h.r.Read(b[:min(len(b), h.left)])
	h.left -= n
	return n, err
}
