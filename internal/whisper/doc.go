// Package whisper reads and writes Graphite's database files of fixed size.
//
//	layout.go     headers and archives, and where they lie
//	file.go       creating, opening, points on disk
//	update.go     storing points and their aggregates
//	aggregate.go  what becomes of several points
//	rebase.go     archives that Heka 0.10 wrote
//
// # The file
//
// All numbers are big-endian. 16 bytes of metadata: aggregation method (uint32),
// longest retention in seconds (uint32), xFilesFactor (float32), number of archives
// (uint32). For each archive 12 bytes: offset in the file, seconds per point, number
// of points (uint32 each). Then the archives, the finest first, with 12 bytes for
// each point: time (uint32) and value (float64); a time of 0 is an empty slot.
//
// An archive is a ring. The time in its first slot says where others belong: slot =
// (time - first time) / step mod points. The first point that an archive gets goes
// into the first slot. A slot whose time is not the one that belongs there is old
// and counts as empty.
//
// A point goes to the finest archive that reaches back to it. For each coarser one
// the points of its interval are then aggregated, as long as enough of them are
// known: known / possible ≥ xFilesFactor.
//
// A File is not safe for concurrent use.
package whisper
