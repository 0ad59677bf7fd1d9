// Package prometheus has PrometheusInput, which scrapes metrics as a Prometheus
// server does, and PrometheusRemoteWriteOutput, which sends samples to one, or to
// whatever takes its remote write protocol.
//
//	text.go      the text format, line by line: Prometheus 0.0.4 and OpenMetrics
//	quoted.go    texts in quotes
//	input.go     PrometheusInput: targets and their rounds
//	scrape.go    one scrape, from the request to messages
//	series.go    from messages to series: names, labels, samples
//	request.go   series as a remote write request
//	output.go    PrometheusRemoteWriteOutput
//
// # A sample as a message
//
//	Type       heka.prometheus
//	Logger     URL of the target
//	Timestamp  that of the sample, or of the scrape
//	Fields     name (text), value (double), kind (counter, gauge, …), and
//	           labels.NAME (text) for each label
//
// The output takes such messages, and any others with numbers in their fields.
package prometheus
