package luaarg

// AppendEscaped appends data as it may stand between double quotes in Lua code, for
// the code that makes an object again.
func AppendEscaped(dst, data []byte) []byte {
	for _, c := range data {
		switch c {
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '"', '\\':
			dst = append(dst, '\\', c)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
