// Package interpolate fills in %{...} in texts such as the name of an index, an
// address or a label:
//
//	%{Type} %{Hostname} %{Logger} %{EnvVersion} %{Pid} %{Severity} %{UUID}
//	            headers of the message
//	%{name}     the first value of the field, which wins over a time
//	%{%Y.%m.%d} the time in strftime notation, in UTC
//
// Anything else stands for its own name, and the text counts as not resolved.
package interpolate
