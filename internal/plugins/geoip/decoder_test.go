package geoip

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, map[string]string{
		"GeoIpDecoder": fmt.Sprintf("db_file = %q\nsource_ip_field = 'a'", cities(t)),
	}, Plugins()...)
}

func TestCases(t *testing.T) { plugintest.Cases(t, "testdata/*.txtar", Plugins()...) }

func newTestDecoder(t testing.TB) *decoder {
	t.Helper()
	d, err := newDecoder(&config{DBFile: cities(t), SourceIPField: "ip", TargetField: "geoip"}, new(plugin.Env))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.(*decoder).Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.(*decoder).Close() })
	return d.(*decoder)
}

// decode returns what the decoder adds for an address.
func decode(t testing.TB, d *decoder, fill func(m *message.Message)) string {
	t.Helper()
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	fill(&p.Message)
	if err := d.Decode(p); err != nil {
		t.Fatal(err)
	}
	f := p.Message.FindField("geoip", 0)
	if f == nil {
		return ""
	}
	b, ok := f.Bytes(0)
	if !ok || !json.Valid(b) {
		t.Errorf("no bytes of JSON: %s", b)
	}
	return string(b)
}

func TestPlaces(t *testing.T) {
	d := newTestDecoder(t)
	const view = `{"latitude":37.4192008972168,"longitude":-122.0574035644531,"location":[-122.0574035644531,37.4192008972168],` +
		`"coordinates":["-122.0574035644531","37.4192008972168"],"countrycode":"US","countrycode3":"USA","countryname":"United States",` +
		`"region":"CA","city":"Mountain View","postalcode":"94043","areacode":0,"charset":1,"continentcode":"NA"}`
	for address, want := range map[string]string{
		"216.58.1.2": view, "::ffff:216.58.1.2": view, "216.59.0.1": "", "not an address": "", "": "", "2001:db9::1": "",
		"2001:db8::1": `{"latitude":0,"longitude":0,"location":[0,0],"coordinates":["0","0"],"countrycode":"GB","countrycode3":"GBR",` +
			`"countryname":"United Kingdom","region":"","city":"A \"quoted\"\n name","postalcode":"","areacode":0,"charset":1,"continentcode":""}`,
	} {
		if got := decode(t, d, func(m *message.Message) { m.AddString("ip", address) }); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
	if got := decode(t, d, func(m *message.Message) { m.AddInteger("ip", 1, "") }); got != "" {
		t.Errorf("got %s", got)
	}
	if got := decode(t, d, func(*message.Message) {}); got != "" {
		t.Errorf("got %s", got)
	}
}

func TestFilesThatAreNoDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "GeoLiteCity.dat")
	for _, write := range []bool{false, true} {
		if write {
			if err := os.WriteFile(path, []byte(strings.Repeat("x", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := newDecoder(&config{DBFile: path, SourceIPField: "ip", TargetField: "geoip"}, new(plugin.Env)); err == nil ||
			!strings.HasPrefix(err.Error(), "db_file: opening the database "+path+": ") {
			t.Errorf("error %v", err)
		}
	}
}

// FuzzAddress looks up whatever a peer may say its address is.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"216.58.1.2", "2001:db8::1", "fe80::1%eth0", "1.2.3", "::ffff:1.2.3.4"} {
		f.Add(s)
	}
	d := newTestDecoder(f)
	f.Fuzz(func(t *testing.T, address string) {
		decode(t, d, func(m *message.Message) { m.AddString("ip", address) })
	})
}
