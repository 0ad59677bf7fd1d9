// Package messagepb is the schema of message.proto as the protobuf compiler sees
// it. Only the tests of package message use it: their hand-written codec has to
// agree with it. To make it anew after a change of message.proto run go generate
// here; that needs protoc.
package messagepb

//go:generate go build -o protoc-gen-go google.golang.org/protobuf/cmd/protoc-gen-go
//go:generate protoc -I../.. --plugin=./protoc-gen-go --go_out=. --go_opt=paths=source_relative message.proto
//go:generate rm protoc-gen-go
