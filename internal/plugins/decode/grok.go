package decode

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// grok makes headers and fields of the parts of a payload that fits one of several
// expressions.
type grok struct {
	forms   []*grokForm
	keep    bool
	typ     string
	noMatch noMatchError
}

// grokForm is one expression.
type grokForm struct {
	pattern  *pattern
	captures captures // Timestamp and Severity
	groups   []string // of the payload at hand
	headers  []grokHeader
	fields   []grokPart
}

// grokHeader is a header that a group becomes.
type grokHeader struct {
	group int
	set   *message.Template
}

// grokPart is the field that a group becomes.
type grokPart struct {
	group int
	name  string
	kind  message.ValueType
}

func newGrok(c *grokConfig, env *plugin.Env) (plugin.Decoder, error) {
	zone, err := location("GrokDecoder", c.TimestampLocation)
	if err != nil {
		return nil, err
	}
	library := grokLibrary()
	for _, p := range c.Patterns {
		library[p.Key] = p.Value
	}
	if len(c.Match) == 0 {
		return nil, plugin.BadOption("match", "match must have at least one expression")
	}
	d := &grok{keep: c.PayloadKeep, typ: c.MessageType}
	for _, text := range c.Match {
		g := expansion{library: library}
		if err := g.expand(text, 0); err != nil {
			return nil, plugin.BadOption("match", "%q: %w", text, err)
		}
		p, err := newPattern(g.text.String())
		if err != nil {
			return nil, plugin.BadOption("match", "%q: %w", text, err)
		}
		names := p.re.SubexpNames()
		f := &grokForm{pattern: p, groups: make([]string, len(names))}
		for i, name := range names {
			part, ok := g.parts[name]
			if !ok {
				continue
			}
			names[i] = part.name
			switch part.name {
			case "Timestamp", "Severity":
			case "Type", "Logger", "Hostname", "Payload", "EnvVersion", "Pid", "Uuid":
				set := plugin.Pairs{{Key: part.name, Value: "%" + part.name + "%"}}
				f.headers = append(f.headers, grokHeader{i, message.NewTemplate(inOrder(set), names)})
			default:
				part.group = i
				f.fields = append(f.fields, part)
			}
		}
		f.captures = newCaptures(names, nil, c.SeverityMap, message.NewTimeParser(c.TimestampLayout, zone), env.Log)
		f.captures.optional = true
		d.forms = append(d.forms, f)
	}
	return d, nil
}

// Decode implements plugin.Decoder.
//
// hot: once per message.
func (d *grok) Decode(p *plugin.Pack) error {
	line := p.Message.Payload()
	text := strings.TrimRight(line, "\r\n")
	for _, f := range d.forms {
		if f.pattern.match(text, f.groups) {
			return d.fill(p, f)
		}
	}
	d.noMatch.payload = line
	return &d.noMatch
}

// fill fills a message with the parts of the payload.
func (d *grok) fill(p *plugin.Pack, f *grokForm) error {
	m := &p.Message
	if d.typ != "" {
		m.SetType(d.typ)
	}
	if !d.keep {
		m.Unset("Payload")
	}
	if err := f.captures.apply(p, f.groups); err != nil {
		return err
	}
	for _, h := range f.headers {
		if f.groups[h.group] == "" {
			continue
		}
		if _, err := h.set.Apply(m, f.groups, nil); err != nil {
			return err
		}
	}
	for i := range f.fields {
		part := &f.fields[i]
		text := f.groups[part.group]
		if text == "" {
			continue
		}
		var err error
		switch part.kind {
		case message.Integer:
			var n int64
			if n, err = strconv.ParseInt(text, 10, 64); err == nil {
				m.AddInteger(part.name, n, "")
			}
		case message.Double:
			var v float64
			if v, err = strconv.ParseFloat(text, 64); err == nil {
				m.AddDouble(part.name, v, "")
			}
		default:
			m.AddString(part.name, text)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

const (
	// maxGrokDepth is how deep definitions may use others.
	maxGrokDepth = 20
	// maxGrokText is the most bytes of an expression with all that it uses.
	maxGrokText = 64 << 10
)

var errGrokSize = errors.New("the expression is too long with all that it uses")

// expansion is an expression in which references (%{NAME}, %{NAME:field} or
// %{NAME:field:type}) are replaced by what they stand for.
type expansion struct {
	library map[string]string
	text    strings.Builder
	parts   map[string]grokPart // by the name of the group
}

func (g *expansion) expand(text string, depth int) error {
	if depth > maxGrokDepth {
		return errors.New("the definitions use each other in a circle")
	}
	for {
		literal, rest, found := strings.Cut(text, "%{")
		g.text.WriteString(literal)
		if g.text.Len() > maxGrokText {
			return errGrokSize
		}
		if !found {
			return nil
		}
		reference, rest, found := strings.Cut(rest, "}")
		if !found {
			return fmt.Errorf("%q has no closing }", "%{"+reference)
		}
		text = rest
		words := strings.SplitN(reference, ":", 3)
		definition, known := g.library[words[0]]
		if !known {
			return fmt.Errorf("there is no definition of %s", words[0])
		}
		if err := g.open(words[1:]); err != nil {
			return fmt.Errorf("%s: %w", reference, err)
		}
		if err := g.expand(definition, depth+1); err != nil {
			return err
		}
		g.text.WriteByte(')')
	}
}

// open begins the group of a reference to a field, or of none.
func (g *expansion) open(field []string) error {
	if len(field) == 0 || field[0] == "" {
		g.text.WriteString("(?:")
		return nil
	}
	part := grokPart{name: field[0], kind: message.String}
	if len(field) == 2 {
		switch field[1] {
		case "int", "integer":
			part.kind = message.Integer
		case "float", "double":
			part.kind = message.Double
		case "string":
		default:
			return fmt.Errorf("type is %q; it must be int, float or string", field[1])
		}
	}
	if g.parts == nil {
		g.parts = map[string]grokPart{}
	}
	group := "grok" + strconv.Itoa(len(g.parts))
	g.parts[group] = part
	g.text.WriteString("(?P<" + group + ">")
	return nil
}

// grokLibrary is what expressions may refer to.
func grokLibrary() map[string]string {
	return map[string]string{
		"WORD": `\w+`, "NOTSPACE": `\S+`, "SPACE": `\s*`, "DATA": `.*?`, "GREEDYDATA": `.*`,
		"INT": `[+-]?\d+`, "POSINT": `\d+`, "BASE16NUM": `(?:0[xX])?[0-9A-Fa-f]+`,
		"NUMBER":       `[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?`,
		"UUID":         `[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}`,
		"QUOTEDSTRING": `(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')`, "QS": `%{QUOTEDSTRING}`,
		"IPV4": `\d{1,3}(?:\.\d{1,3}){3}`, "IPV6": `[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*`, "IP": `%{IPV4}|%{IPV6}`,
		"HOSTNAME": `[0-9A-Za-z][0-9A-Za-z._-]*`, "IPORHOST": `%{IP}|%{HOSTNAME}`, "HOSTPORT": `%{IPORHOST}:%{POSINT}`,
		"USERNAME": `[0-9A-Za-z._-]+`, "USER": `%{USERNAME}`, "EMAILADDRESS": `[^\s@<>]+@%{HOSTNAME}`,
		"UNIXPATH": `/[^\s]*`, "WINPATH": `[A-Za-z]:\\[^\s]*`, "PATH": `%{UNIXPATH}|%{WINPATH}`,
		"URIPROTO": `[A-Za-z][A-Za-z0-9+.-]*`, "URIPATH": `/[^\s?#]*`, "URIPARAM": `\?[^\s#]*`,
		"URIPATHPARAM": `%{URIPATH}(?:%{URIPARAM})?`, "URI": `%{URIPROTO}://[^\s]+`,
		"MONTH": `[A-Z][a-z]{2,8}`, "MONTHNUM": `0?[1-9]|1[0-2]`, "MONTHDAY": `(?:[12]\d|3[01]|0?[1-9])`, "DAY": `[A-Z][a-z]{2,8}`,
		"YEAR": `\d{4}`, "HOUR": `[01]?\d|2[0-3]`, "MINUTE": `[0-5]\d`, "SECOND": `(?:[0-5]\d|60)(?:[.,]\d+)?`,
		"TIME": `%{HOUR}:%{MINUTE}:%{SECOND}`, "TZ": `[A-Z]{3,4}`,
		"ISO8601_TIMEZONE":  `Z|[+-]\d{2}:?\d{2}`,
		"TIMESTAMP_ISO8601": `\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:%{ISO8601_TIMEZONE})?`,
		"HTTPDATE":          `\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}`,
		"SYSLOGTIMESTAMP":   `[A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2}`,
		"PROG":              `[^\s\[\]:]+`, "SYSLOGPROG": `%{PROG:programname}(?:\[%{POSINT:Pid}\])?`, "SYSLOGHOST": `%{IPORHOST}`,
		"LOGLEVEL": `[A-Za-z]+`,
	}
}
