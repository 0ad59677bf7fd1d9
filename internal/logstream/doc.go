// Package logstream reads log files as streams of bytes. Files that together
// form one log, such as a file and its rotated predecessors or one file per day,
// are found by a Scanner, put in order, and read by a Follower from the oldest
// to the newest, whatever rotation does to them meanwhile. The package knows
// bytes and positions; records and messages are made by its callers.
//
// # The rooms
//
//	Scheme ─▶ Scanner ─▶ Catalog ─▶ Follower ─▶ bytes
//	                     (listing)     │  ▲
//	                                   ▼  │
//	                                  Journal (positions on disk)
//
// A Scheme is what the user configures. A Scanner walks the directory and sorts
// what it finds into streams. A Catalog keeps the latest listing for all
// followers; any of them may ask for a new one. A Follower reads one stream. A
// Journal keeps a position per stream.
//
// An input runs like this:
//
//	catalog := logstream.NewCatalog(scanner, time.Minute)
//	listing, err := catalog.Refresh(ctx) // and refuse to start if listing.Refused
//	go catalog.Run(ctx, report)
//	for {
//		// start a goroutine for each new name among listing.Streams
//		listing, err = catalog.Await(ctx, listing.Gen)
//	}
//
// and each of those goroutines:
//
//	start, err := journal.Load(name)
//	f := logstream.NewFollower(catalog, name, logstream.Options{Start: start})
//	for {
//		n, err := f.Read(buf)
//		switch err {
//		case nil: // split buf[:n] into records
//		case logstream.ErrNoData: // flush, then
//			err = f.Wait(ctx)
//		case logstream.ErrBoundary: // see Boundary
//		case io.EOF: // the stream has come to its end
//		}
//	}
//
// Where a batch of records has been delivered up to a stream offset, Position
// turns that into a place in the files, which Journal.Save makes durable;
// Forget then frees what only earlier positions would need.
//
// # What identifies a file
//
// Names change, so a file is known by device, inode and, where the file system
// keeps it, time of birth. Copies have another identity. A copy, or a file from
// before a restart whose identity cannot be trusted, is recognised by its
// content: the SHA-1 of the last 500 bytes before the position, and that of the
// first 1024 bytes of the file. Both work for shorter files, over what there is.
//
// Every read of a plain file includes once more the last bytes that were read
// before, and compares them. So a file that was emptied and has grown beyond the
// old position since is noticed before a byte of it is taken for the sequel.
//
// # How a file is left
//
// At the end of a file the next one in the order is entered, once it has data
// and the old one, looked at again after that, still has none. Before the newest
// file is entered the listing must be as fresh as its directory: rotation may
// have put another file in between. A listing in whose time files were renamed is
// not used at all (steady.go). The old file is watched for a while; what is
// added to it late is read between two boundaries, Late and Return.
//
// A file whose content is replaced is left for a copy that has the content up to
// the place, if there is one, and read from its start otherwise. A file that has
// left the listing is followed into its compressed copy in the same way. Such a
// change is no boundary: the bytes go on where they were.
//
// # Position files
//
// A position file holds one JSON object, written without blanks or a newline:
//
//	{"seek":6,"file_name":"/var/log/app.log",
//	 "last_hash":"0005b23129a44e7da697f2e16ccc63f472293921",   the keys of Heka 0.10
//	 "device":64769,"inode":1311,"born":1700000000000000000,   identity of the file
//	 "modified":1700000000000000000,                           its time of change
//	 "head_size":6,"head_hash":"f572d396fae9206628714fb2ce00f72e94f2258f",
//	 "read":[{"device":64769,"inode":1310,"size":6,"hash":"f572…"}],   files before it that were read
//	 "after":{…},                                              place in the file before
//	 "behind":[{…}],                                           places in older files
//	 "version":2,"checksum":"0a1b2c3d"}                        CRC-32C of all before ,"checksum"
//
// Keys without a value are left out, and unknown ones are ignored. It is written
// to a temporary file and renamed; see Journal.
package logstream
