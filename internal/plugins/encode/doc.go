// Package encode holds the encoders, which turn messages into bytes for an
// output: ProtobufEncoder, PayloadEncoder, RstEncoder, ESJsonEncoder and
// ESLogstashV0Encoder.
//
// # Elasticsearch
//
// Both Elasticsearch encoders write two lines for a message, as the bulk API
// wants them:
//
//	{"index":{"_index":"heka-2006.01.02","_type":"message"}}
//	{"Uuid":"8e41…","Timestamp":"2006-01-02T22:04:05","foo":"bar"}
//
// esOptions.compile turns the options into what works per message:
//
//	bulkAction   the first line (action.go). Its names are templates with
//	             %{...} (package interpolate); as long as they depend on nothing but
//	             the time, the whole line is kept.
//	document     the second line (document.go). Keys of headers are rendered at
//	             load; keys of fields are kept by fieldKeys (fieldkeys.go),
//	             which also answers at once whether a field is wanted, is raw,
//	             or repeats a name.
//
// quote.go and number.go write strings and numbers.
package encode
