// Package framing is Heka's stream format: it puts records on a byte stream,
// finds them again, also behind garbage, and signs and verifies them.
//
// A frame is
//
//	offset   bytes           meaning
//	0        1E              record separator
//	1        H               length of the header, 0 to 255
//	2        H bytes         header, see below
//	H+2      1F              unit separator
//	H+3      message_length  body, any bytes (normally a protobuf message)
//
// Frames follow one another directly: no trailer, no alignment. The header is a
// protobuf (proto2) message:
//
//	#  name                type    wire     meaning
//	1  message_length      uint32  varint   length of the body; required
//	3  hmac_hash_function  enum    varint   0 MD5, 1 SHA1, 2 SHA256, 3 Ed25519
//	4  hmac_signer         string  bytes    name of the signing key
//	5  hmac_key_version    uint32  varint   version of the signing key
//	6  hmac                bytes   bytes    signature of the body
//
// Functions 2 and 3 are an extension: peers that know only MD5 and SHA1 drop
// such records. An unsigned frame of 16 bytes reads
//
//	1E 02 08 10 1F <16 bytes>
//
// and the same one signed by "test", key version 1, with HMAC-MD5
//
//	1E 1C 08 10 22 04 't' 'e' 's' 't' 28 01 32 10 <16 bytes MAC> 1F <16 bytes>
//
// # Writing
//
// [Append] frames a body that exists. [Reserve] and [Room.Close] frame a body
// that is encoded straight into the output buffer. [Signer.Append] frames and
// signs.
//
// # Reading
//
// [Next] looks at the unread bytes of a stream and answers with the first whole
// [Frame] and how much to advance. What does not parse is stepped over one
// separator at a time, so a good record inside a false header is still found.
// Anything a peer sends costs at most a constant amount of work per byte.
//
// [Keys.Verify] authenticates a frame; [Frame.Body] unwraps it.
package framing
