// Package loki has LokiOutput, which pushes messages to Grafana Loki as lines of
// log streams.
//
//	output.go  labels, bodies, and what answers mean
//
// A stream is a set of labels. Lines of one stream stand together in a body, in the
// order of their time:
//
//	POST /loki/api/v1/push
//	{"streams":[{"stream":{"job":"heka","host":"a"},"values":[
//	  ["1136239445000000000","text"],
//	  ["1136239446000000000","text",{"trace":"x"}]]}]}
//
// The third part of an entry is structured metadata. Loki answers with 204. When it
// refuses a part of a request, as too old for example, it says 400 and keeps the
// rest; the halves that are tried then bring some lines a second time, which Loki
// knows by time and text.
package loki
