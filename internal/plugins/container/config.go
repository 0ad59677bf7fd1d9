package container

// CriConfig is the configuration of CriDecoder, which reads the log files of
// Kubernetes' container runtimes (containerd, CRI-O). The time of the line becomes
// the message's Timestamp, the text its payload, without a line feed; the field
// stream is stdout or stderr. Lines that the runtime has cut into parts are put
// together again, for each stream by itself; the time is that of the first part.
//
// The decoder keeps parts from one line to the next, so that decoder_workers of
// the input have no effect.
//
//	[pods]
//	type = "LogstreamerInput"
//	log_directory = "/var/log/pods"
//	file_match = '(?P<Pod>[^/]+)/(?P<Container>[^/]+)/(?P<Run>\d+)\.log(\.(?P<Date>\d{8})-(?P<Time>\d{6})(\.gz)?)?'
//	priority = ["Run", "Date", "Time"]
//	differentiator = ["Pod", "/", "Container"]
//	decoder = "CriDecoder"
//
//	  [pods.translation.Date]
//	  missing = 99999999
//
//	[CriDecoder]
type CriConfig struct {
	// Parts are delivered as one message when their text is complete or has this
	// size. In the latter case the field partial is true and the next message
	// goes on.
	MaxJoinedSize int `toml:"max_joined_size" unit:"bytes" min:"1" max:"67108864"`
	// Decoder for the message with the complete text, such as one for the
	// application's own format. A message that it fails for stays as it is.
	Decoder string `toml:"decoder" ref:"decoder"`
}

// DockerJSONConfig is the configuration of DockerJsonDecoder, which reads the log
// files of Docker's json-file driver. The time becomes the message's Timestamp, the
// text its payload, without the line feed at its end; the field stream is stdout or
// stderr, and each of the attrs, such as tag, becomes a field of its name. Lines
// that Docker has cut into parts are put together again, for each stream by itself;
// the time is that of the first part.
//
// The decoder keeps parts from one line to the next, so that decoder_workers of
// the input have no effect.
//
//	[docker]
//	type = "LogstreamerInput"
//	log_directory = "/var/lib/docker/containers"
//	file_match = '(?P<ID>[0-9a-f]{64})/[0-9a-f]{64}-json\.log(\.(?P<Seq>\d+)(\.gz)?)?'
//	priority = ["^Seq"]
//	differentiator = ["ID"]
//	decoder = "DockerJsonDecoder"
//
//	[DockerJsonDecoder]
type DockerJSONConfig struct {
	// Parts are delivered as one message when their text is complete or has this
	// size. In the latter case the field partial is true and the next message
	// goes on.
	MaxJoinedSize int `toml:"max_joined_size" unit:"bytes" min:"1" max:"67108864"`
	// Decoder for the message with the complete text, such as one for the
	// application's own format. A message that it fails for stays as it is.
	Decoder string `toml:"decoder" ref:"decoder"`
}
