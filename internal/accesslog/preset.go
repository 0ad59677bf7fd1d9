package accesslog

// Preset is a well-known format. Its name may stand for it wherever a format
// string is expected.
type Preset struct {
	Name, Format string
}

// NginxPresets returns nginx's built-in format and the one of its packaged
// configuration.
func NginxPresets() []Preset {
	const combined = `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`
	return []Preset{
		{"combined", combined},
		{"main", combined + ` "$http_x_forwarded_for"`},
	}
}

// ApachePresets returns the formats of Apache's packaged configuration.
func ApachePresets() []Preset {
	const (
		common = `%h %l %u %t "%r" %>s %b`
		agent  = ` "%{Referer}i" "%{User-Agent}i"`
	)
	return []Preset{
		{"common", common},
		{"combined", common + agent},
		{"vhost_combined", `%v:%p %h %l %u %t "%r" %>s %O` + agent},
	}
}
