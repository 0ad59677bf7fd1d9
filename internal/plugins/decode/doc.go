// Package decode holds the decoders that take messages apart by configuration
// alone: ProtobufDecoder, PayloadRegexDecoder, PayloadXmlDecoder, GrokDecoder,
// ScribbleDecoder, and MultiDecoder, which combines others.
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
//
// # XML
//
// xtree.go reads a document into a list of nodes in their order, so that an axis is
// a range of indexes; xpath.go compiles paths. How many nodes paths may visit is
// bounded, since a document and a path together could ask for very many.
//
// What the two decoders make of the texts that they found is in captures.go.
package decode
