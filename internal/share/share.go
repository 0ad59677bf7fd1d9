package share

import "embed"

// Files are the embedded files. Paths are relative to share_dir.
//
//go:embed lua_*/*.lua
var Files embed.FS
