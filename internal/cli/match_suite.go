package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/message"
)

// suiteEnding is how names of suites end.
const suiteEnding = ".match"

// suites are the suites that the command line names, nil when an expression
// stands on it.
func (t *matchTest) suites(args []string) []string {
	var all []string
	if t.suite != "" {
		all = append(all, t.suite)
	}
	for _, arg := range args {
		if !strings.HasSuffix(arg, suiteEnding) {
			return nil
		}
		all = append(all, arg)
	}
	return all
}

// runSuites runs suites one after the other, all of them.
func (t *matchTest) runSuites(c *cobra.Command, paths []string) error {
	var errs []error
	for _, path := range paths {
		errs = append(errs, t.runSuite(c, path))
	}
	return firstOf(errs)
}

// runSuite runs the cases of a file and tells those that go wrong.
func (t *matchTest) runSuite(c *cobra.Command, path string) error {
	src, err := openSource(c.Context(), path, c.InOrStdin())
	if err != nil {
		return failed(err)
	}
	defer src.Close()
	cases, err := matcher.ReadCases(src)
	if err != nil {
		return misused("%s: %w", path, err)
	}
	out, wrong := c.OutOrStdout(), 0
	for i := range cases {
		err := t.try(&cases[i])
		if err == nil {
			continue
		}
		wrong++
		fmt.Fprintf(out, "%s:%d: %s: %s\n", path, cases[i].Line, color.RedString("wrong"), err)
		var miss *missed
		if t.explain && errors.As(err, &miss) {
			printExplanation(out, miss.why)
		}
	}
	if wrong > 0 {
		fmt.Fprintf(out, "%s\n", color.RedString("%d of %s went wrong", wrong, counted(len(cases), "case")))
		return said(exitNo)
	}
	fmt.Fprintf(out, "%s: %s\n", color.GreenString("ok"), counted(len(cases), "case"))
	return nil
}

// missed is an expression with another verdict than the wanted one.
type missed struct {
	want matcher.Want
	expr string
	why  *matcher.Explanation
}

func (m *missed) Error() string {
	return fmt.Sprintf("want %s, have %s: %s", m.want, m.why.Verdict, m.expr)
}

// try runs one case; the error says how it went wrong.
func (t *matchTest) try(c *matcher.Case) error {
	m, err := matcher.Parse(c.Expr)
	if c.Want == matcher.WantError {
		if err == nil {
			return fmt.Errorf("want an error, but it parses: %s", c.Expr)
		}
		for _, part := range c.Parts {
			if !strings.Contains(err.Error(), part) {
				return fmt.Errorf("the error must contain %q: %w", part, err)
			}
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("want %s, but %w", c.Want, err)
	}
	msg := message.New()
	if c.Message != nil {
		if err := msg.ParseJSON(c.Message); err != nil {
			return fmt.Errorf("the case's message: %w", err)
		}
	}
	why := m.Explain(msg)
	if (why.Verdict == matcher.Yes) != (c.Want == matcher.WantYes) {
		return &missed{c.Want, c.Expr, why}
	}
	return nil
}
