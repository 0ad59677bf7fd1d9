package accesslog

// config is the configuration of AccessLogDecoder, which reads the access logs of
// nginx and Apache. It makes the same messages as the scripts nginx_access.lua and
// apache_access.lua, at a multiple of their speed: the time becomes the message's,
// everything else fields; numbers are numbers with their units.
//
//	[nginx_access]
//	type = "AccessLogDecoder"
//	log_format = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
//	message_type = "nginx.access"
//	user_agent_transform = true
type config struct {
	// Format of the lines: an nginx log_format or Apache LogFormat string, or the
	// name of a well-known one: combined or main of nginx; common, combined or
	// vhost_combined of Apache. Lines may go on behind what it describes.
	LogFormat string `toml:"log_format" required:"true"`
	// Whose notation log_format is in.
	Format string `toml:"format" oneof:"nginx,apache"`
	// Type of the messages. Empty leaves what the input has set.
	MessageType string `toml:"message_type"`
	// Replace the field http_user_agent by user_agent_browser,
	// user_agent_version (a number) and user_agent_os, as far as they are known.
	UserAgentTransform bool `toml:"user_agent_transform"`
	// With user_agent_transform: keep http_user_agent too.
	UserAgentKeep bool `toml:"user_agent_keep"`
	// With user_agent_transform: keep http_user_agent if its browser is unknown.
	UserAgentConditional bool `toml:"user_agent_conditional"`
	// Keep the line in the payload; otherwise the payload of the message is
	// empty.
	PayloadKeep bool `toml:"payload_keep"`
}
