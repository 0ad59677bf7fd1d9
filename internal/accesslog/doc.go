// Package accesslog reads the access logs of nginx and Apache. A log_format of
// nginx or a LogFormat of Apache is compiled once into a Format, which then
// turns lines into the timestamp and fields of messages.
//
// # From format to steps
//
// Both languages have three things in them:
//
//	white space   matches one or more white-space characters of any kind
//	literals      match themselves
//	variables     $name of nginx, %x and %{argument}x of Apache
//
// nginx.go and apache.go take a format apart and tell a builder (build.go) what
// they found. The builder makes one step of each variable: the glue before it,
// that is white space and literals, and a matcher that reads its value. So
//
//	$remote_addr - $remote_user [$time_local]
//
// becomes
//
//	glue      matcher
//	          host      → remote_addr, ipv4, ipv6 or hostname
//	" - "     text      → remote_user, ends at white space
//	" ["      clf       → the timestamp
//	"]"
//
// Parse goes through the steps from left to right (match.go). A matcher takes
// as much as its grammar allows and is never asked again: nothing backtracks,
// and the time for a line is proportional to its length. What follows the
// format in the line is ignored.
//
// # Where a value ends
//
// Numbers, times and words of a fixed list end by their own grammar. A text,
// a host name or an upstream address ends where the literal or white space that
// follows it in the format begins. A quote preceded by an odd number of
// backslashes is escaped and ends nothing; the escapes stay in the value. A text
// with nothing after it in the format ends at the last character of the literal
// before it, or at white space when white space or nothing is before it.
//
// # Fields
//
// Values become fields in the order of the format. When a name occurs twice the
// later value stands. Numbers are Double fields, also where they are whole, with
// the units B, s and us; addresses carry ipv4, ipv6 or hostname as
// representation. Times do not become fields but the message's timestamp.
//
// All strings are views of the line that was parsed.
package accesslog
