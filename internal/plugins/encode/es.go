package encode

import (
	"errors"
	"strings"
	"time"

	"github.com/hekad/heka/internal/interpolate"
	"github.com/hekad/heka/internal/strftime"
	"github.com/hekad/heka/plugin"
)

// es writes the action line and the document of a message.
type es struct {
	action        *bulkAction
	document      document
	fromTimestamp bool // the time of templates is the message's
}

// Append implements plugin.Encoder.
//
// hot: once per message; allocates only to grow dst and for new field names.
func (e *es) Append(dst []byte, p *plugin.Pack) ([]byte, error) {
	m := &p.Message
	var ns int64
	if e.fromTimestamp && m.HasTimestamp() {
		ns = m.Timestamp()
	} else {
		ns = time.Now().UnixNano()
	}
	dst = e.action.append(dst, m, ns)
	return append(e.document.append(dst, m, ns), '\n'), nil
}

func newESJSON(c *esJSONConfig, _ *plugin.Env) (plugin.Encoder, error) {
	keys := c.FieldMappings
	return c.compile(esSchema{
		partUUID: keys.UUID, partTimestamp: keys.Timestamp, partType: keys.Type, partLogger: keys.Logger,
		partSeverity: keys.Severity, partPayload: keys.Payload, partEnvVersion: keys.EnvVersion,
		partPid: keys.Pid, partHostname: keys.Hostname,
	}, func(s string) string { return s })
}

func newESLogstash(c *esLogstashConfig, _ *plugin.Env) (plugin.Encoder, error) {
	e, err := c.compile(esSchema{
		partUUID: "@uuid", partTimestamp: "@timestamp", partType: "@type", partLogger: "@logger",
		partSeverity: "@severity", partPayload: "@message", partEnvVersion: "@envversion",
		partPid: "@pid", partHostname: "@source_host", partNestedFields: "@fields",
	}, strings.ToLower)
	if err != nil {
		return nil, err
	}
	d := &e.document
	if c.UseMessageType || c.TypeName == "" {
		return e, nil
	}
	for i := range d.parts {
		if d.parts[i].kind == partType {
			d.parts[i].kind = partTypeName
		}
	}
	return e, nil
}

// esSchema names the parts in the document.
type esSchema map[partKind]string

// choices are the values of the option fields, in their default order.
var choices = [...]struct {
	name string
	kind partKind
}{
	{"Uuid", partUUID}, {"Timestamp", partTimestamp}, {"Type", partType}, {"Logger", partLogger},
	{"Severity", partSeverity}, {"Payload", partPayload}, {"EnvVersion", partEnvVersion}, {"Pid", partPid},
	{"Hostname", partHostname}, {"DynamicFields", partFields},
}

// compile builds the encoder. shown is how a bad value of fields appears in its
// error.
func (o *esOptions) compile(schema esSchema, shown func(string) string) (*es, error) {
	var problems []error
	compile := func(option, text string) *interpolate.Template {
		t, err := interpolate.New(text)
		if err != nil {
			problems = append(problems, plugin.BadOption(option, "%w", err))
		}
		return t
	}
	index, fallback := compile("index", o.Index), compile("index_fallback", o.IndexFallback)
	typeName, id := compile("type_name", o.TypeName), compile("id", o.ID)

	parts, err := o.parts(schema, shown)
	if err != nil {
		problems = append(problems, err)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return &es{
		action:        newBulkAction(o, index, fallback, typeName, id),
		fromTimestamp: o.ESIndexFromTimestamp,
		document: document{
			parts:        parts,
			timestamp:    strftime.New(o.Timestamp).Clock(time.UTC),
			keys:         newFieldKeys(o),
			typeTemplate: typeName, typeLiteral: o.TypeName,
			base64: o.BytesBase64,
		},
	}, nil
}

// parts resolves the option fields.
func (o *esOptions) parts(schema esSchema, shown func(string) string) ([]documentPart, error) {
	names := o.Fields
	if len(names) == 0 {
		for _, c := range choices {
			names = append(names, c.name)
		}
	}
	var parts []documentPart
	var problems []error
	dynamic := false
	for _, name := range names {
		kind, ok := choice(name)
		if !ok {
			problems = append(problems, plugin.BadOption("fields", "Unsupported value %q in 'fields' list, "+
				"must be one of Uuid, Timestamp, Type, Logger, Severity, Payload, EnvVersion, Pid, Hostname, DynamicFields", shown(name)))
			continue
		}
		part := documentPart{kind: kind}
		if kind == partFields {
			dynamic = true
			if schema[partNestedFields] != "" {
				part.kind = partNestedFields
			}
		}
		if key, ok := schema[part.kind]; ok {
			part.key = append(appendQuoted([]byte{','}, key), ':')
		}
		parts = append(parts, part)
	}
	if len(o.DynamicFields) > 0 && !dynamic {
		problems = append(problems, plugin.BadOption("dynamic_fields", `"DynamicFields" must be in 'fields' list if using 'dynamic_fields'`))
	}
	return parts, errors.Join(problems...)
}

func choice(name string) (partKind, bool) {
	if strings.EqualFold(name, "Fields") {
		return partFields, true
	}
	for _, c := range choices {
		if strings.EqualFold(c.name, name) {
			return c.kind, true
		}
	}
	return 0, false
}
