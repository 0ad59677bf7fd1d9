package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/hekad/heka/internal/netconf"
)

// What compressed files begin with.
var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// zstdWindow bounds the memory of the zstd decoder, in bytes; zstd --long=27
// needs this much.
const zstdWindow = 128 << 20

// dialTimeout bounds connecting to a server.
const dialTimeout = 10 * time.Second

// source is something to read: a file, or standard input, decompressed if it
// was compressed.
type source struct {
	io.Reader
	file   *os.File // nil for a reader that is none
	plain  bool     // file can be read at any offset, and grows by what is appended
	size   int64    // of the file, 0 when it is not known
	closes []func() error
}

// openSource opens a file, stdin for the name -, or a connection. ctx bounds the
// wait for somebody who connects.
func openSource(ctx context.Context, path string, stdin io.Reader) (*source, error) {
	s := &source{}
	network, address, ok := strings.Cut(path, "://")
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeSocket != 0 {
		network, address, ok = "unix", path, true
	}
	if ok {
		conn, err := connect(ctx, network, address)
		if err != nil {
			return nil, err
		}
		s.Reader, s.closes = conn, append(s.closes, conn.Close)
		return s, nil
	}
	if path == "-" {
		s.file, _ = stdin.(*os.File)
		return s, s.decompress(stdin)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	s.file = f
	s.closes = append(s.closes, f.Close)
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("read %s: it is a directory; name its files", path)
	}
	if err == nil && info.Mode().IsRegular() {
		s.size = info.Size()
	}
	if err == nil {
		err = s.decompress(f)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// connect connects to a server, or waits for somebody who connects.
func connect(ctx context.Context, network, address string) (net.Conn, error) {
	network, listens := strings.CutSuffix(network, "-listen")
	if network != "tcp" && network != "unix" {
		return nil, fmt.Errorf("read %s://%s: it must begin with tcp, unix, tcp-listen or unix-listen", network, address)
	}
	if !listens {
		return (&netconf.Dialer{Timeout: dialTimeout}).DialContext(ctx, network, address)
	}
	ln, err := netconf.Listen(ctx, network, address, net.KeepAliveConfig{})
	if err != nil {
		return nil, err
	}
	defer ln.Close()
	defer context.AfterFunc(ctx, func() { ln.Close() })()
	return ln.Accept()
}

// decompress makes r, perhaps unpacked, what is read.
func (s *source) decompress(r io.Reader) error {
	b := bufio.NewReader(r)
	start, err := b.Peek(len(zstdMagic))
	if err != nil && err != io.EOF {
		return err
	}
	switch {
	case bytes.HasPrefix(start, gzipMagic):
		z, err := gzip.NewReader(b)
		if err != nil {
			return fmt.Errorf("gzip: %w", err)
		}
		s.Reader = z
		s.closes = append(s.closes, z.Close)
	case bytes.HasPrefix(start, zstdMagic):
		z, err := zstd.NewReader(b, zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return fmt.Errorf("zstd: %w", err)
		}
		s.Reader = z
		s.closes = append(s.closes, func() error { z.Close(); return nil })
	default:
		s.Reader = b
		if s.file == nil {
			return nil
		}
		if _, err := s.file.Seek(-int64(b.Buffered()), io.SeekCurrent); err == nil { // pipes cannot
			s.Reader, s.plain = s.file, true
		}
	}
	return nil
}

// skip moves forward over n bytes of what is read.
func (s *source) skip(n int64) error {
	if n == 0 {
		return nil
	}
	if s.plain {
		_, err := s.file.Seek(n, io.SeekCurrent)
		return err
	}
	_, err := io.CopyN(io.Discard, s.Reader, n)
	if err == io.EOF {
		return nil // nothing is left, as in a plain file
	}
	return err
}

// done is how much of the file has been read, from 0 to 1, and false where that
// is not known.
func (s *source) done() (float64, bool) {
	if s.file == nil || s.size == 0 {
		return 0, false
	}
	at, err := s.file.Seek(0, io.SeekCurrent)
	return float64(at) / float64(s.size), err == nil
}

// Close closes what was opened, but not standard input.
func (s *source) Close() error {
	var errs []error
	for i := len(s.closes) - 1; i >= 0; i-- {
		errs = append(errs, s.closes[i]())
	}
	return errors.Join(errs...)
}
