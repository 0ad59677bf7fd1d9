package matcher_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/message"
)

func readCases(t testing.TB, file string) []matcher.Case {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cases, err := matcher.ReadCases(f)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return cases
}

func TestVectors(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no case files", err)
	}
	for _, file := range files {
		for _, c := range readCases(t, file) {
			checkCase(t, file, c)
		}
	}
}

func checkCase(t *testing.T, file string, c matcher.Case) {
	t.Helper()
	x, err := matcher.Parse(c.Expr)
	if c.Want == matcher.WantError {
		if err == nil {
			t.Errorf("%s:%d: %q parses as %s", file, c.Line, c.Expr, x)
			return
		}
		if len(c.Parts) == 0 {
			t.Errorf("%s:%d: %q has no expected error; it is %v", file, c.Line, c.Expr, err)
		}
		for _, part := range c.Parts {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s:%d: error of %q is\n%v\nwhich lacks\n%s", file, c.Line, c.Expr, err, part)
			}
		}
		return
	}
	if err != nil {
		t.Errorf("%s:%d: %q does not parse: %v", file, c.Line, c.Expr, err)
		return
	}
	m := decode(t, c.Message)
	want := c.Want == matcher.WantYes
	if got := x.Match(m); got != want {
		t.Errorf("%s:%d: %q gives %v, want %v", file, c.Line, c.Expr, got, want)
	}
	if again := mustParse(t, x.String()); again.Match(m) != want || again.String() != x.String() {
		t.Errorf("%s:%d: canonical form %q of %q differs", file, c.Line, x, c.Expr)
	}
	if e := x.Explain(m); (e.Verdict == matcher.Yes) != want {
		t.Errorf("%s:%d: explanation of %q differs:\n%s", file, c.Line, c.Expr, e)
	}
	hits := matcher.NewSet([]*matcher.Matcher{x}).Match(m, nil, new(matcher.Scratch))
	if (len(hits) == 1) != want {
		t.Errorf("%s:%d: a set of %q gives %v, want %v", file, c.Line, c.Expr, hits, want)
	}
}

func mustParse(t testing.TB, expr string) *matcher.Matcher {
	t.Helper()
	x, err := matcher.Parse(expr)
	if err != nil {
		t.Fatalf("parse %q: %v", expr, err)
	}
	return x
}

// decode makes a message from its JSON form.
func decode(t testing.TB, text []byte) *message.Message {
	t.Helper()
	var j struct {
		UUID       []byte
		Timestamp  *int64
		Type       *string
		Logger     *string
		Severity   *int32
		Payload    *string
		EnvVersion *string `json:"env_version"`
		Pid        *int32
		Hostname   *string
		Fields     []struct {
			Name    string
			Type    message.ValueType `json:"value_type"`
			String  []string          `json:"value_string"`
			Bytes   []string          `json:"value_bytes"`
			Integer []int64           `json:"value_integer"`
			Double  []float64         `json:"value_double"`
			Bool    []bool            `json:"value_bool"`
		}
	}
	if err := json.Unmarshal(text, &j); err != nil {
		t.Fatal(err)
	}
	m := message.New()
	if j.UUID != nil {
		m.SetUUID(message.UUID(j.UUID))
	}
	set(j.Timestamp, m.SetTimestamp)
	set(j.Type, m.SetType)
	set(j.Logger, m.SetLogger)
	set(j.Severity, m.SetSeverity)
	set(j.Payload, m.SetPayload)
	set(j.EnvVersion, m.SetEnvVersion)
	set(j.Pid, m.SetPid)
	set(j.Hostname, m.SetHostname)
	for _, jf := range j.Fields {
		f := m.AddField(jf.Name, "", jf.Type)
		for _, v := range jf.String {
			f.AddString(v)
		}
		for _, v := range jf.Bytes {
			b, err := base64.StdEncoding.DecodeString(v)
			if err != nil {
				t.Fatal(err)
			}
			f.AddBytes(b)
		}
		for _, v := range jf.Integer {
			f.AddInteger(v)
		}
		for _, v := range jf.Double {
			f.AddDouble(v)
		}
		for _, v := range jf.Bool {
			f.AddBool(v)
		}
	}
	return m
}

func set[T any](v *T, setter func(T)) {
	if v != nil {
		setter(*v)
	}
}
