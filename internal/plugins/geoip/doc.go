// Package geoip has GeoIpDecoder, which adds to a message where the address in one
// of its fields belongs, from a database in MaxMind's format.
package geoip
