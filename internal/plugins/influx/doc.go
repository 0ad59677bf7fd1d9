// Package influx has InfluxLineEncoder, which writes messages in the line protocol
// of InfluxDB 0.9 and later, 1.x, 2.x and what else takes it.
//
//	encoder.go   lines of a message: tags, values, names
//	prefix.go    name_prefix and measurement with %{name} in them
//	escape.go    what may stand in names, tags and texts
//
// # The line
//
//	measurement,tag=value,tag=value key=value,key=value time
//
// Names and tags have their commas, blanks and equal signs escaped; texts stand in
// double quotes. There is no way to write a line end into a name or tag, which
// becomes a blank, nor a backslash at its end, which is left out.
package influx
