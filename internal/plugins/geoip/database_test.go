package geoip

import (
	"encoding/binary"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// database writes databases in MaxMind's format.
type database struct {
	nodes [][2]uint32 // data are marked by dataBit, 0 is nothing
	data  []byte
}

const dataBit = 1 << 31

// add sets what is known about a network.
func (d *database) add(network string, value any) {
	if d.nodes == nil {
		d.nodes = make([][2]uint32, 1)
	}
	prefix := netip.MustParsePrefix(network)
	bits, address := prefix.Bits(), prefix.Addr().As16()
	if prefix.Addr().Is4() {
		bits += 96
		address = [16]byte{}
		four := prefix.Addr().As4()
		copy(address[12:], four[:])
	}
	at := uint32(0)
	for i := range bits {
		side := address[i/8] >> (7 - i%8) & 1
		if i == bits-1 {
			d.nodes[at][side] = dataBit | uint32(len(d.data))
			break
		}
		if d.nodes[at][side] == 0 {
			d.nodes = append(d.nodes, [2]uint32{})
			d.nodes[at][side] = uint32(len(d.nodes) - 1)
		}
		at = d.nodes[at][side]
	}
	d.data = appendValue(d.data, value)
}

func (d *database) bytes() []byte {
	var b []byte
	count := uint32(len(d.nodes))
	for _, n := range d.nodes {
		for _, to := range n {
			switch {
			case to == 0:
				to = count
			case to&dataBit != 0:
				to = to&^dataBit + count + 16
			}
			b = binary.BigEndian.AppendUint32(b, to)
		}
	}
	b = append(append(append(b, make([]byte, 16)...), d.data...), "\xab\xcd\xefMaxMind.com"...)
	return appendValue(b, map[string]any{
		"node_count": count, "record_size": uint16(32), "ip_version": uint16(6), "database_type": "GeoLite2-City",
		"languages": []any{"en"}, "binary_format_major_version": uint16(2), "binary_format_minor_version": uint16(0),
		"build_epoch": uint64(1700000000), "description": map[string]any{"en": "test"},
	})
}

func appendValue(b []byte, value any) []byte {
	head := func(kind byte, size int) []byte {
		if kind > 7 {
			return append(b, byte(size), kind-7)
		}
		if size >= 29 {
			return append(b, kind<<5|29, byte(size-29))
		}
		return append(b, kind<<5|byte(size))
	}
	switch v := value.(type) {
	case string:
		return append(head(2, len(v)), v...)
	case float64:
		return binary.BigEndian.AppendUint64(head(3, 8), math.Float64bits(v))
	case uint16:
		return binary.BigEndian.AppendUint16(head(5, 2), v)
	case uint32:
		return binary.BigEndian.AppendUint32(head(6, 4), v)
	case uint64:
		return binary.BigEndian.AppendUint64(head(9, 8), v)
	case []any:
		b = head(11, len(v))
		for _, one := range v {
			b = appendValue(b, one)
		}
		return b
	}
	m := value.(map[string]any)
	b = head(7, len(m))
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b = appendValue(appendValue(b, name), m[name])
	}
	return b
}

type object = map[string]any

// cities writes a database with some places.
func cities(t testing.TB) (path string) {
	t.Helper()
	var d database
	d.add("216.58.0.0/16", object{
		"city": object{"names": object{"en": "Mountain View"}}, "continent": object{"code": "NA"},
		"country":  object{"iso_code": "US", "names": object{"en": "United States"}},
		"location": object{"latitude": 37.4192, "longitude": -122.0574}, "postal": object{"code": "94043"},
		"subdivisions": []any{object{"iso_code": "CA"}},
	})
	d.add("2001:db8::/32", object{
		"city":               object{"names": object{"en": "A \"quoted\"\n name"}},
		"registered_country": object{"iso_code": "GB", "names": object{"en": "United Kingdom"}},
	})
	path = filepath.Join(t.TempDir(), "cities.mmdb")
	if err := os.WriteFile(path, d.bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
