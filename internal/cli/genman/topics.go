package main

import (
	"path/filepath"
	"strings"

	"github.com/hekad/heka/internal/reference"
	"github.com/hekad/heka/internal/reference/roff"
	"github.com/hekad/heka/plugin"
)

// topic is a page of section 7.
type topic struct{ name, short, text string }

// topics are the pages whose text is written by hand; lines that begin with # are
// headings of sections.
var topics = []topic{
	{"heka-matcher", "expressions that choose messages", `A matcher is a boolean expression over one message. Every filter and output has
one, in the option message_matcher; heka cat, heka match and others take one as
--match.

	Type == 'nginx.access' && (Fields[status] >= 500 || Payload =~ /timeout/)

# EXPRESSIONS

Tests are joined by && and ||; && binds tighter. Parentheses group. TRUE and FALSE
stand for themselves. There is no negation: turn the operators round instead. From
left to right no more is looked at than the verdict needs.

A test is a variable, an operator and a literal, in this order.

# VARIABLES

Uuid, Type, Logger, Payload, EnvVersion and Hostname are texts, empty unless they
are set. Timestamp (nanoseconds since 1970), Severity (7 unless set) and Pid are
numbers.

Fields[name] is the first value of the first field called name. Fields[name][1] is
the first value of the second such field, Fields[name][0][2] the third value of the
first one.

# OPERATORS

Texts are compared with strings by == != < <= > >=, byte by byte, and with regular
expressions by =~ and !~. Numbers are compared with numbers. Fields of true and
false are compared by == and != with TRUE and FALSE. Every field can be compared
with NIL: == NIL holds when there is no such value.

A test of a value that is missing, or of another type than the literal, never
holds, also with != and !~.

# LITERALS

	'text' "text"      strings; a backslash stands before the quote itself
	42 -1.5 2e9        numbers
	/regex/            regular expressions as in RE2; \/ is a slash
	TRUE FALSE NIL

# TRYING THEM

heka match test checks an expression, explains its verdict on a message part by
part, counts what it does on captured traffic, and runs suites of cases:

	heka match test --explain --type x "Type == 'x' && Severity < 4"`},
	{"heka-message", "what flows through heka", `A message is one event: a log line, a measurement, a notice. Inputs make it of the
bytes they read, decoders fill it in, filters make new ones, encoders make bytes of
it for outputs.

# HEADER

	Uuid        16 bytes, unlike those of all other messages
	Timestamp   nanoseconds since 1970, UTC
	Type        what kind of event it is, such as nginx.access
	Logger      where it came from: the input, or the filter that made it
	Severity    0 emergency, 1 alert, 2 critical, 3 error, 4 warning, 5 notice,
	            6 information, 7 debug; 7 unless set
	Payload     the text itself
	EnvVersion  version of the environment that made it
	Pid         process id
	Hostname    host name

# FIELDS

Behind the header comes a list of fields. A field has a name, which others may have
too, a representation, which names a unit or form such as B or ipv4, and one or more
values of one type: string, bytes, integer (64 bits), double or bool.

# FORMS

On the wire a message is protobuf (the schema is message.proto), in a stream each
behind a header of its own that may carry a signature. heka cat shows such files in
several forms; as JSON, one object a line:

	{"uuid":"ct5qBRuZSoiEwpB5diTGjw==","timestamp":1416840893000000000,
	"type":"nginx.access","payload":"GET /","fields":[{"name":"status",
	"value_type":2,"value_integer":[502]}]}

value_type is 0 for strings, 1 bytes, 2 integers, 3 doubles and 4 booleans. What is
not set is left out. heka cat --from json and heka inject --json read this form.`},
	{"heka-sandbox", "scripts in Lua that decode, filter, encode, read and write", `Plugins of the types SandboxDecoder, SandboxFilter, SandboxEncoder, SandboxInput and
SandboxOutput run a script in Lua 5.1, each in a state of its own with limits on
memory, instructions and output. The option filename names the script, and the
sub-section config holds values for it:

	[access]
	type = "SandboxDecoder"
	filename = "lua_decoders/nginx_access.lua"
	  [access.config]
	  log_format = '$remote_addr - $status'

Scripts that come with heka are listed in heka-plugins(7).

# WHAT A SCRIPT HAS

process_message() is called for each message and returns 0 for success, a negative
number for a message that it cannot use, and a positive one to end the script.
timer_event(ns) of a filter is called every ticker_interval seconds. Global
variables are kept over restarts when preserve_data is true.

# WHAT A SCRIPT MAY CALL

	read_message(name, field, value)   a part of the message: Type, Payload,
	                                   Fields[status] and so on
	write_message(name, value)         changes it, in decoders and encoders
	read_next_field()                  goes through the fields
	read_config(name)                  a value of the configuration
	inject_message(table)              makes a message
	inject_payload(type, name, ...)    makes a message with this text
	add_to_payload(...)                gathers text for it
	decode_message(bytes)              a table of an encoded message

Modules are lpeg, cjson, struct, circular_buffer, bloom_filter, cuckoo_filter,
hyperloglog and sax, and the grammars in lua_modules.

# TRYING THEM

heka sandbox test runs one script on messages without a pipeline and tells what it
makes of them and what it costs. heka config check compiles all scripts and compares
their values with what they say they take.`},
}

// topicPages are the pages of section 7.
func topicPages(all []plugin.Plugin) map[string]string {
	made := map[string]string{}
	for _, t := range topics {
		p := roff.New(t.name, 7, manual)
		p.Section("NAME")
		p.Line(roff.Text(t.name + " - " + t.short))
		p.Section("DESCRIPTION")
		for i, part := range strings.Split(t.text, "\n# ") {
			if i > 0 {
				var title string
				title, part, _ = strings.Cut(part, "\n")
				p.Section(title)
			}
			prose(p, part)
		}
		seeAlso(p)
		made[filepath.Join(manFolder, t.name+".7")] = p.String()
	}
	made[filepath.Join(manFolder, "heka-plugins.7")] = pluginsPage(all)
	return made
}

// pluginsPage lists all types of plugins and the scripts that come with heka.
func pluginsPage(all []plugin.Plugin) string {
	p := roff.New("heka-plugins", 7, manual)
	p.Section("NAME")
	p.Line(roff.Text("heka-plugins - types of plugins, and scripts that come with heka"))
	p.Section("DESCRIPTION")
	prose(p, `A configuration is made of plugins. heka plugins NAME describes one with all its
options, and so does heka.toml(5).`)
	kind := ""
	for _, page := range reference.Pages(all) {
		if page.Kind != kind {
			kind = page.Kind
			p.Section(strings.ToUpper(kind) + "S")
		}
		p.Item(roff.Bold(page.Type))
		if page.Summary != "" {
			p.Line(roff.Text(page.Summary + "."))
		}
	}
	p.Section("SCRIPTS")
	for _, s := range reference.Scripts() {
		p.Item(roff.Bold(s.Type))
		p.Line(roff.Text(s.Summary + "."))
	}
	seeAlso(p)
	return p.String()
}

func seeAlso(p *roff.Page) {
	p.Section("SEE ALSO")
	p.Paragraph(pageReference("heka", 1) + ", " + pageReference("heka.toml", 5) + ", " + pageReference("heka-admin", 7) + ", " + pageReference("heka-matcher", 7) + ", " +
		pageReference("heka-message", 7) + ", " + pageReference("heka-plugins", 7) + ", " + pageReference("heka-sandbox", 7))
}
