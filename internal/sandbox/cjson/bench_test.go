package cjson_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/cjson"
)

const record = `{"timestamp":1399475544.25,"host":"web-12.example.com","status":200,"ok":true,` +
	`"request":{"method":"GET","path":"\/index.html?q=a%20b","bytes":51234,"agents":["Mozilla\/5.0","x"]},` +
	`"tags":["a","b","c"],"message":"a line of text with \"quotes\" and a tab\t"}`

func BenchmarkDecode(b *testing.B) {
	L := newState(b, cjson.Options{})
	b.SetBytes(int64(len(record)))
	b.ReportAllocs()
	for b.Loop() {
		mustCall(b, L, "decode", lua.LString(record))
	}
}

func BenchmarkEncode(b *testing.B) {
	L := newState(b, cjson.Options{OutputLimit: 64512})
	v := mustCall(b, L, "decode", lua.LString(record))
	b.SetBytes(int64(len(record)))
	b.ReportAllocs()
	for b.Loop() {
		mustCall(b, L, "encode", v)
	}
}
