package geoip

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"

	"github.com/oschwald/maxminddb-golang/v2"
	"golang.org/x/text/language"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// decoder implements plugin.Decoder.
type decoder struct {
	config *config
	path   string
	db     *maxminddb.Reader // from Prepare to Close
}

// newDecoder opens the database for a moment, so that a missing one shows when the
// configuration is read.
func newDecoder(c *config, env *plugin.Env) (plugin.Decoder, error) {
	d := &decoder{config: c, path: env.SharePath(c.DBFile)}
	db, err := d.open()
	if err != nil {
		return nil, plugin.BadOption("db_file", "%w", err)
	}
	return d, db.Close()
}

func (d *decoder) open() (*maxminddb.Reader, error) {
	db, err := maxminddb.Open(d.path)
	if err != nil {
		return nil, fmt.Errorf("opening the database %s: %w", d.path, err)
	}
	return db, nil
}

// Prepare implements plugin.Preparer.
func (d *decoder) Prepare(context.Context) (err error) {
	d.db, err = d.open()
	return err
}

// place is what a database knows about an address.
type place struct {
	City struct {
		Names names `maxminddb:"names"`
	} `maxminddb:"city"`
	Continent struct {
		Code string `maxminddb:"code"`
	} `maxminddb:"continent"`
	Country    country   `maxminddb:"country"`
	Registered country   `maxminddb:"registered_country"`
	Divisions  []country `maxminddb:"subdivisions"`
	Location   struct {
		Latitude  float64 `maxminddb:"latitude"`
		Longitude float64 `maxminddb:"longitude"`
	} `maxminddb:"location"`
	Postal struct {
		Code string `maxminddb:"code"`
	} `maxminddb:"postal"`
}

type country struct {
	Code  string `maxminddb:"iso_code"`
	Names names  `maxminddb:"names"`
}

type names struct {
	English string `maxminddb:"en"`
}

// Decode implements plugin.Decoder.
func (d *decoder) Decode(p *plugin.Pack) error {
	f := p.Message.FindField(d.config.SourceIPField, 0)
	if f == nil || f.Type() != message.String || f.Len() == 0 {
		return nil
	}
	text, _ := f.Text(0)
	address, err := netip.ParseAddr(text)
	if err != nil || d.db == nil {
		return nil
	}
	found := d.db.Lookup(address.Unmap().WithZone(""))
	if !found.Found() {
		return nil // also when the database is of IPv4 alone
	}
	var where place
	if err := found.Decode(&where); err != nil {
		return fmt.Errorf("looking %s up in %s: %w", address, d.path, err)
	}
	room := p.Text()
	value := room.Keep(where.append(room.Free()))
	p.Message.AddField(d.config.TargetField, "", message.Bytes).AddBytes([]byte(value))
	return nil
}

// append appends the JSON text.
func (w *place) append(dst []byte) []byte {
	land := w.Country
	if land.Code == "" {
		land = w.Registered
	}
	region, code3 := "", ""
	if len(w.Divisions) > 0 {
		region = w.Divisions[0].Code
	}
	if r, err := language.ParseRegion(land.Code); err == nil {
		code3 = r.ISO3()
	}
	latitude, longitude := degrees(w.Location.Latitude), degrees(w.Location.Longitude)
	dst = fmt.Appendf(dst, `{"latitude":%s,"longitude":%[2]s,"location":[%[2]s,%[1]s],"coordinates":["%[2]s","%[1]s"]`, latitude, longitude)
	for _, m := range [...]struct{ name, value string }{
		{"countrycode", land.Code}, {"countrycode3", code3}, {"countryname", land.Names.English}, {"region", region},
		{"city", w.City.Names.English}, {"postalcode", w.Postal.Code},
	} {
		dst = fmt.Appendf(dst, `,"%s":%s`, m.name, quoted(m.value))
	}
	return fmt.Appendf(dst, `,"areacode":0,"charset":1,"continentcode":%s}`, quoted(w.Continent.Code))
}

func quoted(s string) []byte {
	b, err := json.Marshal(s)
	if err != nil {
		return []byte(`""`)
	}
	return b
}

// degrees writes a coordinate as those of the older databases, which were of single
// precision.
func degrees(v float64) string {
	if !(v >= -180 && v <= 180) {
		v = 0
	}
	return strconv.FormatFloat(float64(float32(v)), 'g', 16, 64)
}

// Close implements plugin.Closer.
func (d *decoder) Close() error {
	if d.db == nil {
		return nil
	}
	db := d.db
	d.db = nil
	return db.Close()
}
