package nagios

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
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
}

// maxAnswer is how much of an answer is read, so that the connection can be used
// again.
const maxAnswer = 64 << 10

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
	return &Output{c, client}, nil
}

// Send implements plugin.Output.
func (o *Output) Send(ctx context.Context, p *plugin.Pack) error {
	r := o.resultOf(&p.Message)
	if o.config.SendNSCABin != "" {
		return o.run(ctx, r)
	}
	return o.post(ctx, r)
}

// post hands a result to cmd.cgi.
func (o *Output) post(ctx context.Context, r result) error {
	form := url.Values{
		"cmd_typ": {"30"}, "cmd_mod": {"2"}, // a passive check result, to be committed
		"host": {r.host}, "service": {r.service}, "plugin_state": {r.state}, "plugin_output": {r.text}, "performance_data": {""},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.config.URL, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(o.config.Username, o.config.Password)
	answer, err := o.client.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer))
	if answer.StatusCode >= 300 {
		return fmt.Errorf("Nagios answers %s", answer.Status)
	}
	return nil
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
