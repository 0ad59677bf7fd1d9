package decode

import (
	"fmt"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// xmlDecoder makes headers and fields of parts of an XML document.
type xmlDecoder struct {
	paths    []*xpath
	texts    []string // what the paths found in the document at hand
	tree     xtree
	captures captures
}

func newXML(c *xmlConfig, env *plugin.Env) (plugin.Decoder, error) {
	zone, err := location("PayloadXmlDecoder", c.TimestampLocation)
	if err != nil {
		return nil, err
	}
	d := &xmlDecoder{texts: make([]string, len(c.XPathMap))}
	var names []string
	for _, pair := range c.XPathMap {
		path, err := parseXPath(pair.Value)
		if err != nil {
			return nil, plugin.BadOption("xpath_map."+pair.Key, "%w", err)
		}
		d.paths, names = append(d.paths, path), append(names, pair.Key)
	}
	d.captures = newCaptures(names, c.MessageFields, c.SeverityMap, message.NewTimeParser(c.TimestampLayout, zone), env.Log)
	d.captures.optional = true
	return d, nil
}

// Decode implements plugin.Decoder.
func (d *xmlDecoder) Decode(p *plugin.Pack) error {
	if err := d.tree.parse(p.Message.Payload()); err != nil {
		return fmt.Errorf("reading XML: %w", err)
	}
	for i, path := range d.paths {
		found, err := d.tree.find(path, 0)
		if err != nil {
			return err
		}
		d.texts[i] = ""
		if len(found) > 0 {
			d.texts[i] = d.tree.value(found[0])
		}
	}
	return d.captures.apply(p, d.texts)
}
