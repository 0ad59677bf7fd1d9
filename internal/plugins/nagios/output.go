package nagios

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

// Output is the NagiosOutput plugin.
type Output struct {
	config *config
	client *http.Client
	formID string // that cmd.cgi has given out
}

func newOutput(c *config, env *plugin.Env) (plugin.Output, error) {
	tls, err := c.TLS.ClientConfig(env.Log)
	if err != nil {
		return nil, fmt.Errorf("TLS init error: %w", err)
	}
	settings := netconf.HTTPClient{ConnectTimeout: c.Timeout, Timeout: c.Timeout, TLS: tls}
	client, err := settings.New()
	if err != nil {
		return nil, err
	}
	client.Transport.(*http.Transport).ResponseHeaderTimeout = time.Duration(c.ResponseHeaderTimeout) * time.Second
	return &Output{config: c, client: client}, nil
}

// Send implements plugin.Output.
func (o *Output) Send(ctx context.Context, p *plugin.Pack) error {
	r := o.resultOf(&p.Message)
	if o.config.SendNSCABin != "" {
		return o.run(ctx, r)
	}
	return o.post(ctx, r)
}

// run hands a result to send_nsca.
func (o *Output) run(ctx context.Context, r result) error {
	timeout := time.Duration(o.config.SendNSCATimeout) * time.Second
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	cmd := exec.CommandContext(ctx, o.config.SendNSCABin, o.config.SendNSCAArgs...)
	cmd.Stdin = strings.NewReader(strings.Join([]string{r.host, r.service, r.state, r.text}, "\t") + "\n")
	said := &firstWords{}
	cmd.Stdout, cmd.Stderr = said, said
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("ManagedCmd was stopped with error: [subprocess was killed: [%s]]", strings.Join(cmd.Args, " "))
	case err != nil && len(said.text) > 0:
		return fmt.Errorf("%s: %w: %s", o.config.SendNSCABin, err, bytes.TrimSpace(said.text))
	case err != nil:
		return fmt.Errorf("%s: %w", o.config.SendNSCABin, err)
	}
	return nil
}

// Close implements plugin.Closer.
func (o *Output) Close() error {
	o.client.CloseIdleConnections()
	return nil
}

// firstWords keeps the beginning of what a program says.
type firstWords struct{ text []byte }

// Write implements io.Writer.
func (f *firstWords) Write(b []byte) (int, error) {
	f.text = append(f.text, b[:min(len(b), 500-len(f.text))]...)
	return len(b), nil
}
