package logstream

// A BoundaryKind says why the bytes after a boundary come from elsewhere.
type BoundaryKind int

const (
	// Next is the beginning of the next file. A record may go on across it.
	Next BoundaryKind = iota
	// Restart is the beginning of new content in a file that was emptied or
	// replaced; the rest of an unfinished record is lost.
	Restart
	// Damaged is the beginning of the next file after one whose end could not
	// be decompressed; the rest of an unfinished record is lost.
	Damaged
	// Late comes before bytes of an older file that were added, or that
	// appeared, after its turn. An unfinished record must be given back with
	// Unread, else it is joined with bytes of another file.
	Late
	// Return comes before the bytes that were to come when Late came between.
	// An unfinished record of the older file may be given back with Unread; it
	// is read again when more of it has arrived.
	Return
)

var boundaryNames = [...]string{"next", "restart", "damaged", "late", "return"}

// String returns the kind in lower case.
func (k BoundaryKind) String() string { return boundaryNames[k] }

// A Boundary is a change of file in the sequence of bytes.
type Boundary struct {
	Kind BoundaryKind
	// Offset is the stream offset of the first byte behind it.
	Offset int64
	// From and To are the paths of the files; they are the same for Restart.
	From, To string
}

// Joins reports whether an unfinished record before the boundary may go on
// behind it.
func (b Boundary) Joins() bool { return b.Kind == Next }

// Boundary returns the boundary that the last ErrBoundary was about.
func (f *Follower) Boundary() Boundary { return f.boundary }

// cross makes the next Read return ErrBoundary. The caller holds the lock and
// has begun the new source.
func (f *Follower) cross(kind BoundaryKind, from, to *source) {
	f.boundary = Boundary{Kind: kind, Offset: f.track.total, From: from.file.Path, To: to.file.Path}
	f.crossing = true
}
