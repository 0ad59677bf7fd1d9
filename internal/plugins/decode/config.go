package decode

import "github.com/hekad/heka/plugin"

// protobufConfig is the configuration of ProtobufDecoder, which reads messages in
// Heka's protobuf form. The input's splitter must hand it raw bytes, which is
// what HekaFramingSplitter does; with others set use_message_bytes.
type protobufConfig struct{}

// scribbleConfig is the configuration of ScribbleDecoder, which sets headers and
// adds fields with fixed texts. It is most useful inside a MultiDecoder.
//
//	[origin]
//	type = "ScribbleDecoder"
//
//	  [origin.message_fields]
//	  Type = "web"
//	  datacenter = "fra1"
type scribbleConfig struct {
	// Headers and fields to set, each with its text: Type, Logger, Hostname,
	// Payload, EnvVersion, Pid, Severity and Uuid are headers, everything else
	// becomes a field. "name|representation" gives a field a representation.
	MessageFields plugin.Pairs `toml:"message_fields"`
}

// regexConfig is the configuration of PayloadRegexDecoder, which takes the payload
// apart with a regular expression and makes headers and fields of the parts. All
// fields are texts.
//
// The captures Timestamp and Severity set the message's headers of these names.
// Expressions that begin with ^ and in which every part ends at a character that
// it cannot contain are much faster than others.
//
//	[combined]
//	type = "PayloadRegexDecoder"
//	match_regex = '^(?P<ip>\S+) \S+ (?P<user>\S+) \[(?P<Timestamp>[^\]]+)\] "(?P<req>[^"]*)" (?P<status>\d{3}) (?P<bytes>\d+)'
//	timestamp_layout = "02/Jan/2006:15:04:05 -0700"
//
//	  [combined.message_fields]
//	  Type = "access"
//	  "remote|ipv4" = "%ip%"
//	  "size|B" = "%bytes%"
//	  status = "%status%"
//	  summary = "%user% %req%"
type regexConfig struct {
	// Regular expression (RE2) that is searched for in the payload. It needs a
	// capture group; (?P<name>...) names one.
	MatchRegex string `toml:"match_regex"`
	// Severities for the texts that the capture Severity may hold. Texts that are
	// not listed must be numbers.
	SeverityMap map[string]int32 `toml:"severity_map"`
	// Headers and fields to set, as in ScribbleDecoder, with %name% standing for
	// the capture of that name, or %2% for the second group if it has no name;
	// else for a header or field of the message.
	MessageFields plugin.Pairs `toml:"message_fields"`
	// Form of the capture Timestamp, which becomes the message's time: Epoch,
	// EpochMilli, EpochMicro or EpochNano for numbers, the name of one of Go's
	// layouts such as RFC3339, or a layout in Go's notation such as
	// "02/Jan/2006:15:04:05 -0700". Other common forms are tried where it does
	// not fit.
	TimestampLayout string `toml:"timestamp_layout"`
	// Time zone of timestamps that do not say theirs: an IANA name such as
	// "Europe/Paris", or Local. Empty is UTC.
	TimestampLocation string `toml:"timestamp_location"`
	// Treat a payload that does not match as a decode failure; otherwise it is
	// dropped silently.
	LogErrors bool `toml:"log_errors"`
}

// xmlConfig is the configuration of PayloadXmlDecoder, which looks for texts in an
// XML document in the payload and makes headers and fields of them. All fields are
// texts. A document that is not well-formed is a decode failure.
//
// Paths are XPath without functions, operators and unions: all axes and their short
// forms, node(), text(), comment() and processing-instruction(), and for each step
// one predicate: [2], [path], [path='text']. Names are compared without their
// prefix. Of the nodes that a path leads to, the first counts; where there is none
// its text is empty. An element's text is all the text inside it.
//
//	[books]
//	type = "PayloadXmlDecoder"
//
//	  [books.xpath_map]
//	  Isbn = "library/*/isbn"
//	  Name = "/library/book/character[born='1950-10-04']/name"
//	  Timestamp = "//published"
//
//	  [books.message_fields]
//	  Isbn = "%Isbn%"
//	  Name = "%Name%"
type xmlConfig struct {
	// Paths by the names under which message_fields knows what they find. The
	// names Timestamp and Severity set the message's headers.
	XPathMap plugin.Pairs `toml:"xpath_map"`
	// Severities for the texts that Severity may find. Texts that are not listed
	// must be numbers.
	SeverityMap map[string]int32 `toml:"severity_map"`
	// Headers and fields to set, with %name% standing for what the path of that
	// name finds, as in PayloadRegexDecoder.
	MessageFields plugin.Pairs `toml:"message_fields"`
	// Form of Timestamp, as in PayloadRegexDecoder.
	TimestampLayout string `toml:"timestamp_layout"`
	// Time zone of timestamps that do not say theirs, as in PayloadRegexDecoder.
	TimestampLocation string `toml:"timestamp_location"`
}

// grokConfig is the configuration of GrokDecoder, which takes the payload apart with
// expressions in which %{NAME:field} stands for a text of a well-known form, as in
// other programs. NAME is one of
//
//	WORD NOTSPACE SPACE DATA GREEDYDATA INT POSINT NUMBER BASE16NUM UUID
//	QUOTEDSTRING QS IP IPV4 IPV6 HOSTNAME IPORHOST HOSTPORT USERNAME USER
//	EMAILADDRESS PATH UNIXPATH WINPATH URI URIPROTO URIPATH URIPARAM URIPATHPARAM
//	YEAR MONTH MONTHNUM MONTHDAY DAY HOUR MINUTE SECOND TIME TZ
//	TIMESTAMP_ISO8601 ISO8601_TIMEZONE HTTPDATE SYSLOGTIMESTAMP SYSLOGPROG
//	SYSLOGHOST PROG LOGLEVEL
//
// or of patterns. The text becomes the field, or the header if it is called
// Timestamp, Severity, Type, Logger, Hostname, Payload, EnvVersion, Pid or Uuid;
// with %{NAME:field:int} or %{NAME:field:float} the field is a number. Without a
// field the text is passed over. An empty text makes no field.
//
//	[app]
//	type = "GrokDecoder"
//	match = ['^%{TIMESTAMP_ISO8601:Timestamp} %{LOGLEVEL:level} took=%{NUMBER:took:float} %{GREEDYDATA:Payload}$']
type grokConfig struct {
	// Expressions, which are regular expressions (RE2) but for the references; the
	// first that fits counts. They are searched for in the payload without the
	// line break at its end, and are much faster if they begin with ^.
	Match []string `toml:"match" single:"true"`
	// Further definitions by name, which may refer to others.
	Patterns plugin.Pairs `toml:"patterns"`
	// Type of the messages, if they do not bring one. Empty leaves what the input
	// has set.
	MessageType string `toml:"message_type"`
	// Keep the line in the payload if no part is called Payload; otherwise the
	// payload of the message is then empty.
	PayloadKeep bool `toml:"payload_keep"`
	// Severities for the texts of Severity. Texts that are not listed must be
	// numbers.
	SeverityMap map[string]int32 `toml:"severity_map"`
	// Form of Timestamp, as in PayloadRegexDecoder.
	TimestampLayout string `toml:"timestamp_layout"`
	// Time zone of timestamps that do not say theirs, as in PayloadRegexDecoder.
	TimestampLocation string `toml:"timestamp_location"`
}

// multiConfig is the configuration of MultiDecoder, which lets several decoders
// work on a message. It fails if all of them fail; what a decoder changed before it
// failed is undone.
//
//	[received]
//	type = "MultiDecoder"
//	subs = ["ProtobufDecoder", "origin"]
//	cascade_strategy = "all"
type multiConfig struct {
	// Decoder sections, in the order in which they are tried.
	Subs []string `toml:"subs" ref:"decoder"`
	// first-wins: the first decoder that succeeds decides the result. all: every
	// decoder runs, in order, on the results of those before it; a message that
	// it fails for stays as it is.
	CascadeStrategy string `toml:"cascade_strategy" oneof:"first-wins,all"`
	// Log the errors of each single decoder.
	LogSubErrors bool `toml:"log_sub_errors"`
}
