// Package nagios has NagiosOutput, which hands the results of passive checks to
// Nagios: by HTTP to its cmd.cgi, or by the program send_nsca.
//
//	config.go  what the user sets
//	result.go  from a payload to a result
//	output.go  NagiosOutput, and running send_nsca
//	cgi.go     requests to cmd.cgi, and what its pages mean
package nagios
