package framing_test

import (
	"bytes"
	"testing"

	"github.com/hekad/heka/internal/framing"
)

func BenchmarkNext(b *testing.B) {
	for name, size := range map[string]int{"100": 100, "400": 400, "20000": 20000} {
		b.Run(name, func(b *testing.B) {
			data := stream(b, size, 1<<20/size)
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				for rest := data; len(rest) > 0; {
					advance, frame, _ := framing.Next(rest, framing.DefaultMaxBody, false)
					if frame == nil {
						b.Fatal("no frame")
					}
					rest = rest[advance:]
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*(1<<20/size)), "ns/record")
		})
	}
}

func BenchmarkNextGarbage(b *testing.B) {
	for name, data := range map[string][]byte{
		"text":       bytes.Repeat([]byte("no record in here "), 1<<16),
		"separators": bytes.Repeat([]byte{0x1E}, 1<<20),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				framing.Next(data, framing.DefaultMaxBody, true)
			}
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	body, buf := make([]byte, 400), make([]byte, 0, 512)
	b.SetBytes(400)
	for b.Loop() {
		if _, err := framing.Append(buf, body, 400); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, hash := range []framing.Hash{framing.MD5, framing.SHA1, framing.SHA256, framing.Ed25519} {
		b.Run(hash.String(), func(b *testing.B) {
			seed := make([]byte, 32)
			signer, err := framing.NewSigner("ops", 1, hash, seed)
			if err != nil {
				b.Fatal(err)
			}
			out, err := signer.Append(nil, make([]byte, 400), 400)
			if err != nil {
				b.Fatal(err)
			}
			key := framing.SecretKey(seed)
			if hash == framing.Ed25519 {
				if key, err = framing.PublicKey(publicOf(seed)); err != nil {
					b.Fatal(err)
				}
			}
			keys := framing.NewKeys(map[string]framing.Key{"ops_1": key})
			b.ReportAllocs()
			for b.Loop() {
				if _, err := keys.Verify(framing.Frame(out)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
