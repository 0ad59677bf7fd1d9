package framing_test

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/hekad/heka/internal/framing"
)

// slowNext is Next written down as the format describes it, a byte at a time.
func slowNext(data []byte, maxBody int, atEOF bool) (advance int, frame []byte, problems int) {
	incomplete := -1
	for i := range data {
		if data[i] != 0x1E {
			continue
		}
		rest, need := data[i:], 2
		if len(rest) >= need {
			need = 3 + int(rest[1])
		}
		if len(rest) >= need {
			header := rest[2 : need-1]
			if rest[need-1] != 0x1F {
				continue
			}
			h, err := framing.ParseHeader(header)
			if err != nil || uint64(h.Length) > uint64(maxBody) {
				problems++
				continue
			}
			need += int(h.Length)
		}
		if len(rest) >= need {
			return i + need, rest[:need], problems
		}
		if !atEOF {
			return i, nil, problems
		}
		if incomplete < 0 {
			incomplete = i
		}
	}
	if incomplete >= 0 {
		return incomplete, nil, problems
	}
	return len(data), nil, problems
}

func FuzzNext(f *testing.F) {
	for _, c := range readNextCases(f) {
		f.Add(c.data, uint32(c.max), c.eof)
	}
	f.Fuzz(func(t *testing.T, data []byte, limit uint32, eof bool) {
		keys := framing.NewKeys(map[string]framing.Key{"ops_1": framing.SecretKey(nil)})
		for rest := data; ; {
			advance, frame, problem := framing.Next(rest, int(limit), eof)
			wantAdvance, wantFrame, wantProblems := slowNext(rest, int(limit), eof)
			count := 0
			if problem != nil {
				count = problem.Count
				if problem.Error() == "" || rest[problem.Offset] != 0x1E {
					t.Fatalf("problem %+v", *problem)
				}
			}
			if advance != wantAdvance || !bytes.Equal(frame, wantFrame) || count != wantProblems {
				t.Fatalf("% x: got %d, % x, %d problems; want %d, % x, %d",
					rest, advance, []byte(frame), count, wantAdvance, wantFrame, wantProblems)
			}
			if frame == nil {
				return
			}
			if h, err := frame.Header(); err != nil || int(h.Length) != len(frame.Body()) {
				t.Fatalf("frame % x: header %+v, %v", []byte(frame), h, err)
			}
			if signer, err := keys.Verify(frame); err != nil && signer != "" {
				t.Fatalf("refused frame has signer %q", signer)
			}
			rest = rest[advance:]
		}
	})
}

// FuzzHeader holds ParseHeader equal to the reference implementation of
// protobuf, apart from the rules where it is deliberately stricter.
func FuzzHeader(f *testing.F) {
	for _, text := range []string{"08 17", "08 17 18 00 22 03 6f 70 73 28 01 32 00", "", "00", "08 17 17", "0b 08 01 0c 08 01",
		"08 80 80 80 80 10", "18 80 80 80 80 10 08 01", "7a 02 ff ff 08 05", "09 00 00 00 00 00 00 00 00",
		"08 17 80 80 80 80 10 01"} {
		f.Add([]byte(text))
		f.Add(hexOrNil(text))
	}
	desc := headerDescriptor(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := framing.ParseHeader(data)
		want := dynamicpb.NewMessage(desc)
		wantErr := proto.UnmarshalOptions{AllowPartial: true}.Unmarshal(data, want)
		get := func(name protoreflect.Name) (protoreflect.Value, bool) {
			fd := desc.Fields().ByName(name)
			return want.Get(fd), want.Has(fd)
		}
		length, sized := get("message_length")
		if strict, broken := strictness(data); err != nil {
			if wantErr == nil && sized && !strict && !broken {
				t.Fatalf("% x: refused with %v", data, err)
			}
			return
		} else if strict || wantErr != nil || !sized {
			t.Fatalf("% x: accepted as %+v; reference: %v", data, h, wantErr)
		}
		signer, _ := get("hmac_signer")
		version, _ := get("hmac_key_version")
		mac, signed := get("hmac")
		if uint64(h.Length) != length.Uint() || !bytes.Equal(h.Signer, signer.Bytes()) ||
			uint64(h.Version) != version.Uint() || !bytes.Equal(h.MAC, mac.Bytes()) || (h.MAC != nil) != signed {
			t.Fatalf("% x: got %+v, want %v", data, h, want)
		}
		hash, _ := get("hmac_hash_function")
		if h.Hash <= framing.Ed25519 && hash.Uint() != uint64(h.Hash) {
			t.Fatalf("% x: hash function %v, want %d", data, h.Hash, hash.Uint())
		}
	})
}

// strictness walks over data as the reference does and reports whether it
// breaks one of our stricter rules: known fields have their own wire type, and
// lengths and versions fit in 32 bits.
func strictness(data []byte) (strict, broken bool) {
	wire := map[protowire.Number]protowire.Type{1: protowire.VarintType, 3: protowire.VarintType,
		4: protowire.BytesType, 5: protowire.VarintType, 6: protowire.BytesType}
	for len(data) > 0 {
		num, typ, n := protowire.ConsumeTag(data)
		if n < 0 {
			return strict, true
		}
		if want, known := wire[num]; known && typ != want {
			return true, broken
		}
		data = data[n:]
		if v, n := protowire.ConsumeVarint(data); n > 0 && v > 1<<32-1 && (num == 1 || num == 5) {
			return true, broken
		}
		n = protowire.ConsumeFieldValue(num, typ, data)
		if n < 0 {
			return strict, true
		}
		data = data[n:]
	}
	return strict, broken
}

func hexOrNil(text string) []byte {
	var out []byte
	for i := 0; i+1 < len(text); i += 3 {
		var b byte
		for _, c := range []byte(text[i : i+2]) {
			b = b<<4 | (c & 0xF) + 9*(c>>6)
		}
		out = append(out, b)
	}
	return out
}

// headerDescriptor describes the header to the reference implementation. The
// enum is a number and the string bytes there, which is the same on the wire.
func headerDescriptor(t testing.TB) protoreflect.MessageDescriptor {
	t.Helper()
	field := func(name string, num int32, typ descriptorpb.FieldDescriptorProto_Type) *descriptorpb.FieldDescriptorProto {
		label := descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL
		return &descriptorpb.FieldDescriptorProto{Name: &name, Number: &num, Type: &typ, Label: &label}
	}
	number, raw := descriptorpb.FieldDescriptorProto_TYPE_UINT32, descriptorpb.FieldDescriptorProto_TYPE_BYTES
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("header.proto"),
		MessageType: []*descriptorpb.DescriptorProto{{
			Name: proto.String("Header"),
			Field: []*descriptorpb.FieldDescriptorProto{
				field("message_length", 1, number), field("hmac_hash_function", 3, number),
				field("hmac_signer", 4, raw), field("hmac_key_version", 5, number), field("hmac", 6, raw),
			},
		}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return file.Messages().Get(0)
}
