package split

// nullConfig has no options of its own.
type nullConfig struct{}

type tokenConfig struct {
	// The byte that ends a record. It stays at the record's end.
	Delimiter string `toml:"delimiter"`
	// Number of delimiters in one record, for batches of lines; 0 is 1.
	Count uint `toml:"count"`
}

type regexConfig struct {
	// Regular expression (RE2) that matches between two records, with at most
	// one capture group. Without a group the match belongs to no record.
	Delimiter string `toml:"delimiter"`
	// Where the text captured by the group goes: to the end of the record in
	// front of it (true), or to the beginning of the record behind it (false).
	DelimiterEOL bool `toml:"delimiter_eol"`
}

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

type signerConfig struct {
	// Shared secret of HMAC signatures (MD5, SHA1, SHA256).
	HMACKey string `toml:"hmac_key" secret:"true"`
	// Public key of Ed25519 signatures, 32 bytes in base64. Excludes hmac_key.
	PublicKey string `toml:"public_key"`
}
