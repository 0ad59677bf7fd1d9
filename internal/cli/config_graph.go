package cli

import (
	"slices"
	"strings"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/plugin"
)

// adviseGraph warns about parts that nothing flows through, and about filters
// that feed each other.
func (x *examined) adviseGraph() {
	if x.count(plugin.KindInput)+x.count(plugin.KindFilter)+x.count(plugin.KindOutput) == 0 {
		return // a part of a configuration
	}
	whole := config.Problem{Severity: config.Warning, Pos: config.Pos{File: x.cfg.Sections[0].Pos.File}}
	if x.count(plugin.KindInput) == 0 {
		whole.Text, whole.Hint = "there is no input", "no message will ever come"
		x.problems = append(x.problems, whole)
	}
	if x.count(plugin.KindOutput) == 0 {
		whole.Text, whole.Hint = "there is no output", "messages go nowhere"
		x.problems = append(x.problems, whole)
	}
	x.adviseUnused()
	x.adviseSigners()
	x.adviseLoops()
}

// adviseUnused warns about splitters, decoders and encoders that no section
// names.
func (x *examined) adviseUnused() {
	named := map[string]bool{}
	for _, sec := range x.cfg.Sections {
		decl, own, common := x.options(sec)
		if decl == nil {
			return // it may be what names them
		}
		for _, target := range []any{own, common} {
			if target != nil {
				references(config.Fields(target), named)
			}
		}
		mentions(sec.Table, named)
	}
	for _, sec := range x.cfg.Sections {
		if k, ok := plugin.KindOf(sec.Type()); ok && k <= plugin.KindSplitter && !named[strings.TrimSpace(sec.Name)] {
			x.warn(sec, "", "", "no section uses this %s", strings.ToLower(k.String()))
		}
	}
}

// references notes what options that name sections are set to.
func references(fields []config.FieldInfo, named map[string]bool) {
	for _, f := range fields {
		if f.Ref != "" {
			named[strings.Trim(f.Default, `"`)] = true
		}
		references(f.Fields, named)
	}
}

// mentions notes all texts of a section: some plugins name others in lists or
// tables of their own.
func mentions(n *config.Node, named map[string]bool) {
	if s, ok := n.Value.(string); ok {
		named[s] = true
	}
	for _, m := range n.Nodes {
		mentions(m, named)
	}
}

// adviseSigners warns about consumers of signed messages where nothing verifies
// signatures.
func (x *examined) adviseSigners() {
	for _, sec := range x.cfg.Sections {
		if k, _ := plugin.KindOf(sec.Type()); k == plugin.KindSplitter && sec.Sets("signer") {
			return
		}
	}
	for _, sec := range x.cfg.Sections {
		if _, _, common := x.options(sec); common != nil {
			if o, ok := common.(*plugin.ConsumerOptions); ok && o.MessageSigner != "" {
				x.warn(sec, "message_signer", "give a HekaFramingSplitter the signer's key",
					"message_signer is %q, but no splitter verifies signatures: no message will ever come", o.MessageSigner)
			}
		}
	}
}

// injected are the messages that types of filters inject, as conditions; NAME is
// the filter's name.
var injected = map[string]string{
	"CounterFilter": "Type == 'heka.counter-output' && Logger == 'NAME'",
	"SandboxFilter": "Type =~ /^heka\\.sandbox/ && Logger == 'NAME'",
}

// adviseLoops warns about filters whose messages come back to them through others.
func (x *examined) adviseLoops() {
	feeds := map[*config.Section][]*config.Section{}
	var filters []*config.Section
	for _, sec := range x.cfg.Sections {
		if injected[sec.Type()] != "" {
			filters = append(filters, sec)
		}
	}
	for _, from := range filters {
		if strings.ContainsAny(from.Name, `'\`) {
			continue
		}
		condition := strings.ReplaceAll(injected[from.Type()], "NAME", from.Name)
		for _, to := range filters {
			if to != from && x.mayMatch(to, condition) {
				feeds[from] = append(feeds[from], to)
			}
		}
	}
	told := map[*config.Section]bool{}
	for _, start := range filters {
		path := circle(start, start, feeds, map[*config.Section]bool{})
		if path == nil || told[start] {
			continue
		}
		var names []string
		for _, sec := range path {
			told[sec] = true
			names = append(names, sec.Name)
		}
		x.warn(start, "message_matcher", "test Type or Logger, so that they leave each other's messages alone",
			"filters may feed each other without end: %s", strings.Join(append(names, start.Name), " → "))
	}
}

// mayMatch reports whether a message that meets a condition could match the
// matcher of a consumer; what cannot be ruled out may.
func (x *examined) mayMatch(sec *config.Section, condition string) bool {
	_, _, common := x.options(sec)
	o, ok := common.(*plugin.ConsumerOptions)
	if !ok || o.MessageSigner != "" {
		return false
	}
	m, err := matcher.Parse("(" + condition + ") && (" + o.MessageMatcher + ")")
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(m.Advice(), func(f matcher.Finding) bool { return f.Kind == matcher.NeverMatches })
}

// circle returns a way from at back to start, or nil.
func circle(start, at *config.Section, feeds map[*config.Section][]*config.Section, seen map[*config.Section]bool) []*config.Section {
	seen[at] = true
	for _, next := range feeds[at] {
		if next == start {
			return []*config.Section{at}
		}
		if !seen[next] {
			if rest := circle(start, next, feeds, seen); rest != nil {
				return append([]*config.Section{at}, rest...)
			}
		}
	}
	return nil
}
