// Package accesslog holds AccessLogDecoder, the fast twin of the Lua decoders
// nginx_access.lua and apache_access.lua: the same formats, options and messages.
// The parser lies in internal/accesslog.
package accesslog
