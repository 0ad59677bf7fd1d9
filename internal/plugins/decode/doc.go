// Package decode holds the decoders that take messages apart by configuration
// alone: ProtobufDecoder, PayloadRegexDecoder, ScribbleDecoder, and MultiDecoder,
// which combines others.
//
// # Regular expressions
//
// Most expressions for log lines begin with ^ and never have to reconsider: each
// byte decides what it belongs to, as in
//
//	^(\S+) (\S+) \[([^\]]+)\] "([^"]*)" (\d{3})
//
// For these linear.go makes a program that goes over the line once, byte by byte,
// and gives the same answer as package regexp several times as fast. All other
// expressions run in package regexp. pattern.go chooses.
package decode
