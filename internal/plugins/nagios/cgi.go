package nagios

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// maxAnswer is how much of an answer is read.
const maxAnswer = 64 << 10

// formCookie and formField hold the same text in a request that cmd.cgi of Nagios 4
// takes: it gives a cookie to whoever comes without, and pages of other sites cannot
// read it.
const formCookie, formField = "NagFormId", "nagFormId"

// maxFormID is the longest such text that is kept.
const maxFormID = 256

// complaint is what cmd.cgi writes into a page when it did not pass a command on. The
// status of the answer is 200 all the same.
var complaint = regexp.MustCompile(`(?i)class=['"]?errorMessage['"]?>([^<]*)|>(Error: [^<]*)`)

// post hands a result to cmd.cgi.
func (o *Output) post(ctx context.Context, r result) error {
	before := o.formID
	err := o.submit(ctx, r)
	if errors.As(err, new(refusal)) && o.formID != before {
		return o.submit(ctx, r)
	}
	return err
}

// refusal is a page that says why the command was not passed on.
type refusal string

func (r refusal) Error() string { return "Nagios answers: " + string(r) }

func (o *Output) submit(ctx context.Context, r result) error {
	form := url.Values{
		"cmd_typ": {"30"}, "cmd_mod": {"2"}, // a passive check result, to be committed
		"host": {r.host}, "service": {r.service}, "plugin_state": {r.state}, "plugin_output": {r.text}, "performance_data": {""},
	}
	if o.formID != "" {
		form.Set(formField, o.formID)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.config.URL, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(o.config.Username, o.config.Password)
	if o.formID != "" {
		req.AddCookie(&http.Cookie{Name: formCookie, Value: o.formID})
	}
	answer, err := o.client.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if answer.StatusCode >= 300 {
		return fmt.Errorf("Nagios answers %s", answer.Status)
	}
	if err != nil {
		return fmt.Errorf("answer of Nagios: %w", err)
	}
	for _, c := range answer.Cookies() {
		if c.Name == formCookie && c.Value != "" && len(c.Value) <= maxFormID {
			o.formID = c.Value
		}
	}
	if m := complaint.FindSubmatch(page); m != nil {
		return refusal(fmt.Sprintf("%.300s%.300s", m[1], m[2]))
	}
	return nil
}
