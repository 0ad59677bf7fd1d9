// Package elasticsearch has ElasticSearchOutput, which sends entries of the bulk
// API to Elasticsearch and OpenSearch over HTTP, or over UDP to those old versions
// that had it. The gathering of messages is package bulk's.
//
//	output.go  requests, and what answers mean
//	reply.go   reading the reply to a bulk request, item by item
//	entry.go   the form of bulk entries
//	udp.go     the datagram form
//
// # Answers
//
//	whole request   2xx           look at the items
//	                400, 413, …   not wanted: its halves are tried
//	                all others    tried again: the server is not well, or not set up
//	item            2xx           delivered
//	                409           after a repetition: it was delivered before
//	                429, 5xx      again
//	                any other     refused
package elasticsearch
