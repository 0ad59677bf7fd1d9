package encode

// protobufConfig is the configuration of ProtobufEncoder, which writes messages in
// Heka's protobuf form. A message that nothing has changed since it was received is
// passed on byte by byte.
type protobufConfig struct{}

// payloadConfig is the configuration of PayloadEncoder, which writes the payload
// alone, on a line of its own.
//
//	[lines]
//	type = "PayloadEncoder"
//	prefix_ts = true
//	ts_format = "%Y-%m-%dT%H:%M:%S%z"
type payloadConfig struct {
	// Add a newline to each payload, also to one that ends with a newline.
	AppendNewlines bool `toml:"append_newlines"`
	// Put a time in front of each payload.
	PrefixTS bool `toml:"prefix_ts"`
	// Take that time from the message; otherwise it is the time of encoding.
	TSFromMessage bool `toml:"ts_from_message"`
	// Form of the time, in strftime notation. A space is added where it does
	// not end with one.
	TSFormat string `toml:"ts_format"`
	// Time zone of the time, an IANA name such as "Europe/Paris". Empty is the
	// zone of the system.
	TZ string `toml:"tz"`
}

// rstConfig is the configuration of RstEncoder, which writes all of a message for
// people to read, in reStructuredText. It helps to find out what messages hold.
type rstConfig struct {
	// Make the output safe for a reader of reStructuredText: indent the further
	// lines of texts that have several, and replace what is not UTF-8.
	Escape bool `toml:"escape"`
}

// esOptions are shared by the Elasticsearch encoders.
//
// The options index, type_name and id are templates: %{Type}, %{Hostname}, %{Logger},
// %{EnvVersion}, %{Pid}, %{Severity} and %{UUID} stand for headers of the
// message, %{name} for the first value of a field, and %{%Y.%m.%d} for the time
// in strftime notation.
type esOptions struct {
	// Name of the index; a template, turned to lower case.
	Index string `toml:"index"`
	// Index for messages that lack what the index template asks for; a template.
	IndexFallback string `toml:"index_fallback"`
	// Type of the document; a template. Empty leaves it out, as Elasticsearch 7
	// and later want it.
	TypeName string `toml:"type_name"`
	// Id of the document; a template. Empty, or lacking what the template asks
	// for, leaves it to Elasticsearch.
	ID string `toml:"id"`
	// What to do with the documents: index replaces one of the same id, create
	// refuses it. Data streams need create.
	Action string `toml:"action" oneof:"index,create"`
	// Ingest pipeline that the documents go through. Empty is that of the index.
	Pipeline string `toml:"pipeline"`
	// Use the message's time, not the present, in index, type_name and id. Both
	// are in UTC.
	ESIndexFromTimestamp bool `toml:"es_index_from_timestamp"`
	// Parts of the message to write, in this order: Uuid, Timestamp, Type,
	// Logger, Severity, Payload, EnvVersion, Pid, Hostname, and DynamicFields for
	// the message's fields. Empty is all of them. Case does not matter.
	Fields []string `toml:"fields"`
	// Form of the timestamp, in strftime notation; the time is in UTC.
	// "%Y-%m-%dT%H:%M:%S.%LZ" has milliseconds.
	Timestamp string `toml:"timestamp"`
	// Fields whose texts are JSON that is written as it is. A text that is no
	// valid JSON is quoted.
	RawBytesFields []string `toml:"raw_bytes_fields"`
	// Fields to write; empty is all. Needs DynamicFields among fields.
	DynamicFields []string `toml:"dynamic_fields"`
	// Text that replaces each dot in the names of fields.
	ReplaceDotsWith string `toml:"replace_dots_with"`
	// Write a single value of type bytes in base64, like several, and not as
	// text.
	BytesBase64 bool `toml:"bytes_base64"`
}

// esJSONConfig is the configuration of ESJsonEncoder, which writes messages for
// the bulk API of Elasticsearch and OpenSearch: a line that names the index, and a
// line with the message as a flat JSON object.
//
// Fields of one name become one array. Numbers that JSON does not have become
// null.
//
//	[elasticsearch]
//	type = "ESJsonEncoder"
//	index = "%{Type}-%{%Y.%m.%d}"
//	type_name = ""
//	es_index_from_timestamp = true
//	timestamp = "%Y-%m-%dT%H:%M:%S.%LZ"
//
//	  [elasticsearch.field_mappings]
//	  Timestamp = "@timestamp"
type esJSONConfig struct {
	esOptions
	// Names of the headers in the document.
	FieldMappings fieldMappings `toml:"field_mappings"`
}

// fieldMappings name the headers.
type fieldMappings struct {
	// Name for the timestamp.
	Timestamp string `toml:"Timestamp"`
	// Name for the UUID.
	UUID string `toml:"Uuid"`
	// Name for the type.
	Type string `toml:"Type"`
	// Name for the logger.
	Logger string `toml:"Logger"`
	// Name for the severity.
	Severity string `toml:"Severity"`
	// Name for the payload.
	Payload string `toml:"Payload"`
	// Name for the version of the envelope.
	EnvVersion string `toml:"EnvVersion"`
	// Name for the process id.
	Pid string `toml:"Pid"`
	// Name for the host.
	Hostname string `toml:"Hostname"`
}

// esLogstashConfig is the configuration of ESLogstashV0Encoder, which writes
// messages for the bulk API of Elasticsearch in the schema of the first Logstash:
// headers as @timestamp, @type and so on, all fields in the object @fields.
type esLogstashConfig struct {
	esOptions
	// Write the message's type as @type, whatever type_name says.
	UseMessageType bool `toml:"use_message_type"`
}
