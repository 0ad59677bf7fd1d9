package split

// nullConfig is the configuration of NullSplitter, which makes one record of
// whatever arrives at once: a datagram, a broker's message, the body of a request,
// the output of a command. From a connection or a file that is what one read
// returned, so the cuts are arbitrary there.
type nullConfig struct{}

// tokenConfig is the configuration of TokenSplitter, which ends a record at a
// certain byte, such as a newline.
//
// Batches of 50 lines, with the last lines as one more record:
//
//	[fifty]
//	type = "TokenSplitter"
//	count = 50
//	deliver_incomplete_final = true
type tokenConfig struct {
	// The byte that ends a record. It stays at the record's end.
	Delimiter string `toml:"delimiter"`
	// Number of delimiters in one record, for batches of lines; 0 is 1.
	Count uint `toml:"count"`
}

// regexConfig is the configuration of RegexSplitter, which cuts where a regular
// expression matches.
//
// The expression sees what has been read and not yet been delivered. One that can
// match more when more arrives, such as \n+, may match less at the end of a read;
// one that matches the empty text never cuts.
//
// MySQL's slow log, where a record starts at the line of the user:
//
//	[slow_log]
//	type = "RegexSplitter"
//	delimiter = '\n(# User@Host:)'
//	delimiter_eol = false
//	deliver_incomplete_final = true
type regexConfig struct {
	// Regular expression (RE2) that matches between two records, with at most
	// one capture group. Without a group the match belongs to no record.
	Delimiter string `toml:"delimiter"`
	// Where the text captured by the group goes: to the end of the record in
	// front of it (true), or to the beginning of the record behind it (false).
	DelimiterEOL bool `toml:"delimiter_eol"`
}

// groupingConfig is the configuration of PatternGroupingSplitter, which makes one
// record of neighbouring lines that belong together, such as those of a stack
// trace.
//
// A record is delivered when a line arrives that does not belong to it, or when
// nothing has arrived for about a second.
//
//	[traces]
//	type = "PatternGroupingSplitter"
//	preset = "java"
type groupingConfig struct {
	// Regular expression (RE2) that ends a line. It stays at the line's end.
	Delimiter string `toml:"delimiter"`
	// Regular expression (RE2) for the lines to gather: neighbouring lines that
	// match become one record, every other line is a record of its own. Empty
	// matches every line.
	Grouping string `toml:"grouping"`
	// Ready-made grouping of the stack traces of a language. Each trace becomes
	// one record, from its headline to its last line; two traces in a row stay
	// apart. Excludes grouping.
	Preset string `toml:"preset" oneof:"java,python,go,php,ruby"`
	// Most lines in one record; 0 never gives a record, a negative number is
	// without limit.
	MaxLines int `toml:"max_lines"`
}

// framingConfig is the configuration of HekaFramingSplitter, which finds the
// records of Heka's own stream format, as TcpOutput and FileOutput write it, and
// verifies their signatures. The name of a verified signer can be asked for with
// message_signer. Garbage between records is skipped.
//
//	[signed]
//	type = "HekaFramingSplitter"
//
//	  [signed.signer.ops_0]
//	  hmac_key = "old key"
//
//	  [signed.signer.ops_1]
//	  hmac_key = "new key"
type framingConfig struct {
	// Keys of the senders whose signatures are verified. A sub-section is named
	// after the signer and the version of its key: [NAME.signer.ops_1]. Records
	// with a signature that does not fit are dropped; records without one pass,
	// but never count as signed.
	Signer map[string]signerConfig `toml:"signer"`
	// Accept every record without looking at signatures. No record counts as
	// signed then.
	SkipAuthentication bool `toml:"skip_authentication"`
}

// signerConfig is the key of one version of one signer.
type signerConfig struct {
	// Shared secret of HMAC signatures (MD5, SHA1, SHA256).
	HMACKey string `toml:"hmac_key" secret:"true"`
	// Public key of Ed25519 signatures, 32 bytes in base64. Excludes hmac_key.
	PublicKey string `toml:"public_key"`
}
