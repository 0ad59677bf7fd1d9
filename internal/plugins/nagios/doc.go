// Package nagios has NagiosOutput, which hands the results of passive checks to
// Nagios: by HTTP to its cmd.cgi, or by the program send_nsca.
package nagios
