// Package messagepb is the schema of message.proto as the protobuf compiler sees
// it. Only the tests of package message use it: their hand-written codec has to
// agree with it. To make it anew after a change of message.proto run go generate
// here; that needs protoc.
package messagepb

//go:generate sh -c "go build -o ${TMPDIR:-/tmp}/protoc-gen-go google.golang.org/protobuf/cmd/protoc-gen-go && protoc -I../.. --plugin=${TMPDIR:-/tmp}/protoc-gen-go --go_out=. --go_opt=paths=source_relative message.proto"
