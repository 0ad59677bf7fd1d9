package main

import (
	"strings"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/reference"
	"github.com/hekad/heka/internal/reference/roff"
	"github.com/hekad/heka/plugin"
)

// introduction tells what a configuration is.
const introduction = `A configuration is a file, or all *.toml files of a directory in the order of
their names. Each section is a plugin, except for [hekad], which holds the options
of heka itself:

	[hekad]
	maxprocs = 2

	[access_log]
	type = "LogstreamerInput"
	log_directory = "/var/log/nginx"
	file_match = 'access\.log'
	splitter = "TokenSplitter"
	decoder = "access_decoder"

	[access_decoder]
	type = "AccessLogDecoder"
	log_format = "combined"

	[errors]
	type = "FileOutput"
	message_matcher = "Fields[status] >= 500"
	path = "/var/log/heka/errors.log"
	encoder = "PayloadEncoder"

	[PayloadEncoder]

The option type names the plugin type; without it the section's name does. The end
of a type's name says its kind. A section of kind input, filter or output is one
running plugin; splitters, decoders and encoders are made anew for each of their
users. Sections named ProtobufDecoder, ProtobufEncoder, TokenSplitter,
PatternGroupingSplitter, HekaFramingSplitter and NullSplitter exist without being
written down.

When a section stands in several files the last one wins as a whole.

Names of options are the same in upper and lower case. heka config check tells all
mistakes with their places; heka config show prints what is in force; heka plugins
describes one plugin.`

// dialect tells what differs from TOML 1.0.
const dialect = `Files are TOML as Heka 0.10 read it, and what TOML 1.0 added where the old form has
no meaning.

A header is split at every dot, and everything else between the brackets is
literal: [nginx access] is a name with a blank. A key runs to a blank, a line end
or =. Strings in single quotes may span lines; in them only \b \t \n \f \r \" \/ \\
and \uXXXX are replaced, so that '\d+' needs no doubling. Numbers may begin with
zeros.

%ENV[NAME] stands for the value of an environment variable. Inside a string it is
text whatever it contains.

Durations are strings such as "250ms", "10s" or "1h30m".`

// configPage describes the configuration with all options.
func configPage(all []plugin.Plugin) string {
	p := roff.New("heka.toml", 5, manual)
	p.Section("NAME")
	p.Line(roff.Text("heka.toml - configuration of heka"))
	p.Section("DESCRIPTION")
	prose(p, introduction)
	p.Section("LANGUAGE")
	prose(p, dialect)
	p.Section("OPTIONS OF HEKA")
	p.Paragraph(roff.Text("Options of the section [hekad]. Each can also be set by an environment variable, as HEKA_BASE_DIR for base_dir."))
	reference.ManOptions(p, "hekad", reference.Section("hekad", config.DefaultGlobal(), config.GlobalSource).Options)
	common(p, "OPTIONS OF EVERY INPUT", "", plugin.KindInput)
	common(p, "OPTIONS OF EVERY SPLITTER", "", plugin.KindSplitter)
	common(p, "OPTIONS OF EVERY FILTER AND OUTPUT", "encoder and use_framing are for outputs alone.", plugin.KindOutput)
	usual := map[string][]reference.Option{
		"input": reference.Common(plugin.KindInput), "splitter": reference.Common(plugin.KindSplitter),
		"filter": reference.Common(plugin.KindFilter), "output": reference.Common(plugin.KindOutput),
	}
	kind := ""
	for _, page := range reference.Pages(all) {
		if page.Kind != kind {
			kind = page.Kind
			p.Section(strings.ToUpper(kind) + "S")
		}
		page.Man(p, usual[kind])
	}
	p.Section("SEE ALSO")
	p.Paragraph(pageReference("heka", 1) + ", " + pageReference("heka-config", 1) + ", " + pageReference("heka-plugins", 1))
	return p.String()
}

// common writes the options that all plugins of a kind have.
func common(p *roff.Page, title, remark string, k plugin.Kind) {
	p.Section(title)
	if remark != "" {
		p.Paragraph(roff.Text(remark))
	}
	reference.ManOptions(p, "NAME", reference.Common(k))
}
